//! The typed field view: operators, sweeps and programs as the user wrote them, with every name resolved.
