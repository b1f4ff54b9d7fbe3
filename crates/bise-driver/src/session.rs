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
            cache_shared: options.cache_shared,
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

    /// What whoever starts it should know: that the cache is not used, and why.
    pub fn remark(&self) -> Option<String> {
        let why = self.jit.cache_refusal()?;
        Some(format!(
            "no machine code is kept between runs, since {why}. It would be run: the directory of the cache, those \
             above it and its files must be the user's alone (`chmod go-w`). BISE_CACHE_DIR names another one; \
             BISE_CACHE_SHARED=1 says that all who can write there are trusted"
        ))
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
