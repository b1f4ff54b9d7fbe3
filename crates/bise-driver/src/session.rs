//! What all programs of a process share.

use std::sync::Arc;

use bise_base::SourceMap;
use bise_jit::Jit;

use crate::{Options, SessionError};

/// Options, source texts and the code generator with its cache. Shared by every thread.
pub struct Session {
    options: Options,
    sources: SourceMap,
    jit: Jit,
}

impl Session {
    /// A session with those options.
    pub fn new(options: Options) -> Result<Arc<Self>, SessionError> {
        let jit = Jit::new(bise_jit::Options {
            cache: options.cache.clone(),
            cache_limit: options.cache_limit,
            verify: options.verify,
        })?;
        Ok(Arc::new(Self {
            options,
            sources: SourceMap::new(),
            jit,
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

    /// Makes and caches machine code.
    pub(crate) fn jit(&self) -> &Jit {
        &self.jit
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
