//! What all programs of a process share.

use std::sync::Arc;

use bise_base::SourceMap;

use crate::{Options, SessionError};

/// Options, source texts and compiled code. Shared by every thread.
#[derive(Debug)]
pub struct Session {
    options: Options,
    sources: SourceMap,
}

impl Session {
    /// A session with those options.
    pub fn new(options: Options) -> Result<Arc<Self>, SessionError> {
        Ok(Arc::new(Self {
            options,
            sources: SourceMap::new(),
        }))
    }

    /// What it was told.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// The texts that spans point into: the front end adds to it.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }
}
