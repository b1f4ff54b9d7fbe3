//! Text to an object file or to assembly.
//!
//! The passes are few: the text is already in the form that LLVM's vectorisers would aim at, with invariant code
//! outside of its loops. Nothing is shared between compilations but LLVM's read-only tables, so they may run on
//! several threads at once.

use std::cell::RefCell;
use std::ffi::{CStr, c_void};
use std::ptr;
use std::time::{Duration, Instant};

use llvm_sys::LLVMDiagnosticSeverity;
use llvm_sys::analysis::{LLVMVerifierFailureAction, LLVMVerifyModule};
use llvm_sys::core::{
    LLVMContextSetDiagnosticHandler, LLVMContextSetDiscardValueNames, LLVMGetDiagInfoDescription,
    LLVMGetDiagInfoSeverity, LLVMSetTarget,
};
use llvm_sys::ir_reader::LLVMParseIRInContext;
use llvm_sys::prelude::LLVMDiagnosticInfoRef;
use llvm_sys::target::{LLVMDisposeTargetData, LLVMSetModuleDataLayout};
use llvm_sys::target_machine::{
    LLVMCodeGenFileType, LLVMCodeGenOptLevel, LLVMCodeModel, LLVMCreateTargetDataLayout,
    LLVMCreateTargetMachine, LLVMGetTargetFromTriple, LLVMRelocMode, LLVMTargetMachineEmitToMemoryBuffer,
};
use llvm_sys::transforms::pass_builder::{
    LLVMCreatePassBuilderOptions, LLVMDisposePassBuilderOptions, LLVMRunPasses,
};

use crate::JitError;
use crate::apart::{Room, apart};
use crate::ffi::{self, Context, MemoryBuffer, Message, Module, TargetMachine};
use crate::host::{SETTINGS, host};

/// What runs between parsing and code generation. `instcombine` named in a text checks by default that a second run would
/// change nothing, and ends the process where one would: a check of LLVM for those who develop it.
const PASSES: &CStr =
    c"function(early-cse<memssa>,loop-mssa(licm),instcombine<no-verify-fixpoint>,simplifycfg)";

/// How long the stages took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Reading the text.
    pub parse: Duration,
    /// Passes on LLVM's IR.
    pub passes: Duration,
    /// Instruction selection to object bytes.
    pub codegen: Duration,
    /// Loading the object and finding its entries.
    pub link: Duration,
}

/// Whether to have LLVM check the text first, which costs about as much as parsing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verify {
    /// Trust it.
    No,
    /// Check.
    Yes,
}

/// What the object depends on besides text and machine: part of its address in the cache.
pub fn recipe() -> String {
    format!("{PASSES:?} {SETTINGS:?}")
}

/// The object file of a text, for this machine.
pub fn object(text: &str, verify: Verify) -> Result<(MemoryBuffer, Times), JitError> {
    emit(text, verify, LLVMCodeGenFileType::LLVMObjectFile)
}

/// The assembly of a text, for this machine.
pub fn assembly(text: &str) -> Result<String, JitError> {
    let text = text.to_owned();
    apart(Room::to_compile(text.len()), move || {
        let (buffer, _) = emit(&text, Verify::Yes, LLVMCodeGenFileType::LLVMAssemblyFile)?;
        Ok(String::from_utf8_lossy(buffer.bytes()).into_owned())
    })
}

fn emit(text: &str, verify: Verify, file: LLVMCodeGenFileType) -> Result<(MemoryBuffer, Times), JitError> {
    let machine = target_machine()?;
    let complaints = Complaints::default();
    let context = Context::new();
    complaints.hear(&context);
    let mut times = Times::default();
    let started = Instant::now();
    let module = parse(&context, text, &machine)?;
    if verify == Verify::Yes || cfg!(debug_assertions) {
        check(&module)?;
    }
    times.parse = started.elapsed();
    let started = Instant::now();
    run_passes(&module, &machine)?;
    times.passes = started.elapsed();
    let started = Instant::now();
    let (mut buffer, mut message) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: module and machine are valid; the outputs are written on success and failure respectively.
    let failed = unsafe {
        LLVMTargetMachineEmitToMemoryBuffer(machine.0, module.0, file, &raw mut message, &raw mut buffer)
    };
    // SAFETY: null or a message that is ours.
    let message = unsafe { Message::new(message) };
    if failed != 0 {
        complaints.0.borrow_mut().push(message.text());
    }
    let buffer = MemoryBuffer(buffer);
    times.codegen = started.elapsed();
    drop(module);
    drop(context);
    complaints.none()?;
    Ok((buffer, times))
}

/// The errors that LLVM finds while it makes code.
#[derive(Default)]
struct Complaints(RefCell<Vec<String>>);

impl Complaints {
    /// Collects those of a context, which does not outlive this. By itself LLVM would write them to the terminal and end
    /// the process.
    fn hear(&self, context: &Context) {
        // SAFETY: the context is valid, and the handler is called while it is, with the address of `self`.
        unsafe {
            LLVMContextSetDiagnosticHandler(context.0, Some(complain), ptr::from_ref(self).cast_mut().cast());
        };
    }

    fn none(&self) -> Result<(), JitError> {
        let complaints = self.0.borrow();
        if complaints.is_empty() {
            return Ok(());
        }
        Err(JitError::Llvm {
            doing: "generate code",
            message: complaints.join("; "),
        })
    }
}

extern "C" fn complain(diagnostic: LLVMDiagnosticInfoRef, complaints: *mut c_void) {
    // SAFETY: LLVM gives a valid diagnostic, whose description is ours to dispose of, and the address of `hear`.
    unsafe {
        if LLVMGetDiagInfoSeverity(diagnostic) == LLVMDiagnosticSeverity::LLVMDSError {
            let description = Message::new(LLVMGetDiagInfoDescription(diagnostic));
            let complaints = &*complaints.cast::<Complaints>();
            complaints.0.borrow_mut().push(description.text());
        }
    }
}

fn target_machine() -> Result<TargetMachine, JitError> {
    let host = host()?;
    let (mut target, mut message) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: the triple is a C string; the outputs are written on success and failure respectively.
    let failed = unsafe { LLVMGetTargetFromTriple(host.triple.as_ptr(), &raw mut target, &raw mut message) };
    // SAFETY: null or a message that is ours.
    let message = unsafe { Message::new(message) };
    if failed != 0 {
        return Err(JitError::Target(message.text()));
    }
    // SAFETY: all strings are C strings that outlive the call; the target was found.
    let machine = unsafe {
        LLVMCreateTargetMachine(
            target,
            host.triple.as_ptr(),
            host.cpu.as_ptr(),
            host.features.as_ptr(),
            LLVMCodeGenOptLevel::LLVMCodeGenLevelDefault,
            LLVMRelocMode::LLVMRelocPIC,
            LLVMCodeModel::LLVMCodeModelJITDefault,
        )
    };
    if machine.is_null() {
        return Err(JitError::Target(format!("no machine for {:?}", host.triple)));
    }
    Ok(TargetMachine(machine))
}

fn parse(context: &Context, text: &str, machine: &TargetMachine) -> Result<Module, JitError> {
    let (mut module, mut message) = (ptr::null_mut(), ptr::null_mut());
    let buffer = MemoryBuffer::copy(text.as_bytes()).give();
    // SAFETY: the context is valid; the parser takes the buffer; outputs as above.
    let failed = unsafe { LLVMParseIRInContext(context.0, buffer, &raw mut module, &raw mut message) };
    // SAFETY: null or a message that is ours.
    let message = unsafe { Message::new(message) };
    if failed != 0 {
        return Err(JitError::Rejected(message.text()));
    }
    let module = Module(module);
    let host = host()?;
    // SAFETY: module, machine and context are valid; the layout is ours and copied.
    unsafe {
        LLVMSetTarget(module.0, host.triple.as_ptr());
        let layout = LLVMCreateTargetDataLayout(machine.0);
        LLVMSetModuleDataLayout(module.0, layout);
        LLVMDisposeTargetData(layout);
        // The names have served: passes need not invent more.
        LLVMContextSetDiscardValueNames(context.0, 1);
    }
    Ok(module)
}

fn check(module: &Module) -> Result<(), JitError> {
    let mut message = ptr::null_mut();
    let action = LLVMVerifierFailureAction::LLVMReturnStatusAction;
    // SAFETY: the module is valid; the message is always written.
    let broken = unsafe { LLVMVerifyModule(module.0, action, &raw mut message) };
    // SAFETY: null or a message that is ours.
    let message = unsafe { Message::new(message) };
    if broken != 0 {
        return Err(JitError::Rejected(message.text()));
    }
    Ok(())
}

fn run_passes(module: &Module, machine: &TargetMachine) -> Result<(), JitError> {
    // SAFETY: module and machine are valid, the options ours, the error fresh.
    unsafe {
        let options = LLVMCreatePassBuilderOptions();
        let error = LLVMRunPasses(module.0, PASSES.as_ptr(), machine.0, options);
        LLVMDisposePassBuilderOptions(options);
        ffi::check(error, "run its passes")
    }
}
