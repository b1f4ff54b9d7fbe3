//! Python text to a tree with spans. The only crate that names the third-party parser.
