//! LLVM text to callable code, object files and their cache on disk, and the thread pool. The crate that links LLVM.
