//! Python bindings, one file per Python class.
