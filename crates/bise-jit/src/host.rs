//! The machine that the code is for, asked once, and LLVM's settings of the whole process, made once.

use std::ffi::{CStr, CString};
use std::sync::OnceLock;

use llvm_sys::core::LLVMGetVersion;
use llvm_sys::support::LLVMParseCommandLineOptions;
use llvm_sys::target::{LLVM_InitializeNativeAsmPrinter, LLVM_InitializeNativeTarget};
use llvm_sys::target_machine::{LLVMGetDefaultTargetTriple, LLVMGetHostCPUFeatures, LLVMGetHostCPUName};

use crate::JitError;
use crate::ffi;

/// What LLVM knows of this machine.
#[derive(Debug)]
pub struct Host {
    /// `x86_64-pc-linux-gnu`.
    pub triple: CString,
    /// `znver4`.
    pub cpu: CString,
    /// `+avx2,+fma,...`: what the processor has, then what it does well.
    pub features: CString,
    /// LLVM's version.
    pub version: String,
}

/// The text of the kernels has its strides in registers and its addresses hoisted; what is left for loop strength
/// reduction costs half of the time of code generation and gives nothing (measured on stencils).
pub const SETTINGS: [&CStr; 2] = [c"bise", c"-disable-lsr"];

/// AMD's processors take longer for a gather than for its loads one by one: on Zen 4 neighbour sums over adjacent
/// cells and solvers across columns take half the time without. LLVM does not know that of them by itself; the
/// code is longer, and a kernel that is full of gathers takes up to twice as long to compile.
const WITHOUT_GATHERS: &str = "+prefer-no-gather,+prefer-no-scatter";

/// This machine, with LLVM ready to use.
pub fn host() -> Result<&'static Host, JitError> {
    static HOST: OnceLock<Result<Host, String>> = OnceLock::new();
    let host = HOST.get_or_init(initialize);
    host.as_ref().map_err(|message| JitError::Target(message.clone()))
}

fn initialize() -> Result<Host, String> {
    // SAFETY: registers the target in LLVM's tables; `OnceLock` sees to it that one thread does so.
    let missing = unsafe { LLVM_InitializeNativeTarget() != 0 || LLVM_InitializeNativeAsmPrinter() != 0 };
    if missing {
        return Err("it was built without this target".into());
    }
    let settings = SETTINGS.map(CStr::as_ptr);
    // SAFETY: the array holds that many C strings, which live on; LLVM copies what it keeps.
    unsafe { LLVMParseCommandLineOptions(settings.len() as i32, settings.as_ptr(), c"".as_ptr()) };
    let (mut major, mut minor, mut patch) = (0, 0, 0);
    // SAFETY: writes to the three numbers.
    unsafe { LLVMGetVersion(&raw mut major, &raw mut minor, &raw mut patch) };
    // SAFETY: these three give messages that are ours to dispose of.
    let [triple, cpu, features] = unsafe {
        [
            LLVMGetDefaultTargetTriple(),
            LLVMGetHostCPUName(),
            LLVMGetHostCPUFeatures(),
        ]
        .map(|message| ffi::Message::new(message).to_owned())
    };
    let features = tuned(&cpu, features);
    Ok(Host {
        triple,
        cpu,
        features,
        version: format!("{major}.{minor}.{patch}"),
    })
}

/// The features with what is known of that processor.
fn tuned(cpu: &CStr, features: CString) -> CString {
    if !cpu.to_bytes().starts_with(b"znver") {
        return features;
    }
    let tuned = format!("{},{WITHOUT_GATHERS}", features.to_string_lossy());
    CString::new(tuned).unwrap_or(features)
}

/// Bits of the widest vector registers of this machine that are worth using.
pub fn vector_bits() -> u32 {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512f")
            && std::arch::is_x86_feature_detected!("avx512vl")
            && std::arch::is_x86_feature_detected!("avx512dq")
            && std::arch::is_x86_feature_detected!("avx512bw")
        {
            return 512;
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            return 256;
        }
    }
    128
}
