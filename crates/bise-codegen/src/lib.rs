//! Loop nests to LLVM text. Pure functions; links no LLVM.
