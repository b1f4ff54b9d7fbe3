//! The only IR-to-IR conversions: hir to iter, iter to loops.
