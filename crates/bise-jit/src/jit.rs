//! The door of this crate: text in, code out.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use crate::JitError;
use crate::apart::{Room, apart};
use crate::cache::{Cache, Key};
use crate::compile::{self, Times, Verify};
use crate::ffi::MemoryBuffer;
use crate::host::host;
use crate::load::{Linker, Loaded};

/// A compiled kernel: frame, start and stop of the outermost loop. What the frame holds is said by
/// `bise_loops::Kernel::frame`; the caller promises that it holds that, that the addresses in it are good for what the
/// kernel reads and writes, and that the kernel's [`Library`] lives.
pub type Entry = unsafe extern "C" fn(*const u64, i64, i64);

/// How a [`Jit`] works.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The directory of cached objects; created when something is put there. No cache where absent.
    pub cache: Option<PathBuf>,
    /// Bytes that the cache may hold, about; 0 stands for [`Options::DEFAULT_CACHE_LIMIT`].
    pub cache_limit: u64,
    /// Whether others may write to that directory too, and are trusted.
    pub cache_shared: bool,
    /// Whether LLVM checks each text before it compiles it.
    pub verify: bool,
}

impl Options {
    /// 256 MiB: some ten thousand kernels.
    pub const DEFAULT_CACHE_LIMIT: u64 = 256 << 20;
}

/// Compiles and loads. One per process is enough; all of it may be used by several threads at once.
pub struct Jit {
    shared: Arc<Shared>,
}

/// What libraries and those who make them hold on to.
struct Shared {
    options: Options,
    cache: Option<Cache>,
    /// Linkers that nobody uses. One that is used belongs to its work, which may not come back ([`apart`]).
    linkers: Mutex<Vec<Arc<Linker>>>,
    /// Libraries by the key of their text and entries.
    libraries: Mutex<HashMap<Key, Weak<Library>>>,
}

/// The machine code of one text. In memory while someone holds it.
pub struct Library {
    /// Where it came from.
    pub origin: Origin,
    entries: Vec<Entry>,
    object: usize,
    loaded: Loaded,
    linker: Arc<Linker>,
    key: Key,
    shared: Arc<Shared>,
}

/// Where machine code came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Compiled just now.
    Compiled(Times),
    /// Found in the cache on disk; of the times, only `link` is more than zero.
    Cached(Times),
}

impl Jit {
    /// A compiler for this machine.
    pub fn new(options: Options) -> Result<Self, JitError> {
        host()?;
        let limit = match options.cache_limit {
            0 => Options::DEFAULT_CACHE_LIMIT,
            limit => limit,
        };
        let cache = options.cache.clone();
        Ok(Self {
            shared: Arc::new(Shared {
                cache: cache.map(|directory| Cache::new(directory, limit, options.cache_shared)),
                options,
                linkers: Mutex::default(),
                libraries: Mutex::default(),
            }),
        })
    }

    /// Why the directory of cached objects that was asked for is not used: others can write there.
    pub fn cache_refusal(&self) -> Option<String> {
        self.shared.cache.as_ref()?.refusal()
    }

    /// The code of a text with the addresses of its entries: the same library for the same text, for as long as
    /// someone holds it; else from the cache; else compiled, and put into the cache.
    pub fn load(&self, text: &str, entries: &[&str]) -> Result<Arc<Library>, JitError> {
        let host = host()?;
        let key = Key::new(host, text, entries);
        if let Some(library) = self.shared.known(&key) {
            return Ok(library);
        }
        let shared = Arc::clone(&self.shared);
        let cached = shared.cache.as_ref().and_then(|cache| cache.get(&key));
        let room = match &cached {
            Some(object) => Room::to_load(object.len()),
            None => Room::to_compile(text.len()),
        };
        let text = text.to_owned();
        let entries: Vec<String> = entries.iter().map(ToString::to_string).collect();
        let library = apart(room, move || {
            let (object, origin) = match cached {
                Some(object) => (MemoryBuffer::copy(&object), Origin::Cached(Times::default())),
                None => shared.compile(&key, &text)?,
            };
            shared.link(key, object, origin, &entries)
        })?;
        Ok(self.shared.keep(key, Arc::new(library)))
    }
}

/// The address as a function.
fn entry(address: u64) -> Entry {
    // SAFETY: the linker gave the address of a function of the text, and all entries have this signature; calling it
    // is unsafe and up to the caller.
    unsafe { std::mem::transmute::<usize, Entry>(address as usize) }
}

impl Library {
    /// The code of entry number `index` of those that were asked for.
    pub fn entry(&self, index: usize) -> Entry {
        self.entries[index]
    }

    /// Bytes of the object file.
    pub fn object_size(&self) -> usize {
        self.object
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        self.shared.forget(&self.key);
        self.linker.unload(self.loaded);
    }
}

impl Shared {
    fn link(
        self: Arc<Self>,
        key: Key,
        object: MemoryBuffer,
        origin: Origin,
        entries: &[String],
    ) -> Result<Library, JitError> {
        let started = Instant::now();
        let size = object.bytes().len();
        let linker = self.take_linker()?;
        let made = linker.load(object, entries);
        self.linkers().push(Arc::clone(&linker));
        let (loaded, addresses) = made?;
        let link = started.elapsed();
        Ok(Library {
            origin: match origin {
                Origin::Compiled(times) => Origin::Compiled(Times { link, ..times }),
                Origin::Cached(times) => Origin::Cached(Times { link, ..times }),
            },
            entries: addresses.into_iter().map(entry).collect(),
            object: size,
            loaded,
            linker,
            key,
            shared: self,
        })
    }

    /// The object of a text, which is put into the cache.
    fn compile(&self, key: &Key, text: &str) -> Result<(MemoryBuffer, Origin), JitError> {
        let verify = if self.options.verify {
            Verify::Yes
        } else {
            Verify::No
        };
        let (object, times) = compile::object(text, verify)?;
        if let Some(cache) = &self.cache {
            cache.put(key, object.bytes());
        }
        Ok((object, Origin::Compiled(times)))
    }

    /// A linker that nobody else uses: a new one where all are in use.
    fn take_linker(&self) -> Result<Arc<Linker>, JitError> {
        let idle = self.linkers().pop();
        idle.map_or_else(|| Linker::new().map(Arc::new), Ok)
    }

    fn linkers(&self) -> std::sync::MutexGuard<'_, Vec<Arc<Linker>>> {
        self.linkers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn libraries(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Weak<Library>>> {
        self.libraries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, key: &Key) -> Option<Arc<Library>> {
        self.libraries().get(key).and_then(Weak::upgrade)
    }

    /// Makes a library known; gives the one that another thread has made known meanwhile, if any.
    fn keep(&self, key: Key, library: Arc<Library>) -> Arc<Library> {
        let mut libraries = self.libraries();
        if let Some(other) = libraries.get(&key).and_then(Weak::upgrade) {
            // Dropping ours takes the lock, so it comes last.
            drop(libraries);
            return other;
        }
        libraries.insert(key, Arc::downgrade(&library));
        library
    }

    fn forget(&self, key: &Key) {
        let mut libraries = self.libraries();
        if libraries
            .get(key)
            .is_some_and(|library| library.strong_count() == 0)
        {
            libraries.remove(key);
        }
    }
}

impl fmt::Debug for Jit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jit")
            .field("options", &self.shared.options)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library")
            .field("origin", &self.origin)
            .field("entries", &self.entries.len())
            .finish_non_exhaustive()
    }
}
