//! Object files on disk, by the content they were made from.
//!
//! A file per entry, named by its key: the hash of all that the object depends on. It opens with a check sum, so a
//! file that was cut or changed reads as absent and is made anew. Files are written under another name and renamed,
//! so that processes that start together never see half of one; two that write the same entry write the same bytes.
//! When the directory outgrows its limit, what was used least recently goes. The cache only ever saves time:
//! where the disk refuses, the code is compiled. What is in it will be run: it is used only where nobody else can write
//! ([`trust`]), unless it is shared on purpose.

use std::fs::{self, File, FileTimes};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::host::Host;
use crate::trust;

/// The content address of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

/// A directory of objects.
#[derive(Debug)]
pub struct Cache {
    directory: PathBuf,
    limit: u64,
    /// Others may write there, and are trusted.
    shared: bool,
}

/// What every entry begins with; changes when the format does.
const MAGIC: &[u8; 8] = b"BISEOBJ1";
/// Bytes of the check sum that follows.
const SUM: usize = 32;
/// The ending of the names of entries.
const ENDING: &str = ".o";
/// The beginning of the names of files that are being written.
const TEMPORARY: &str = ".bise-";

impl Key {
    /// Of a text with its entries, on a machine.
    pub fn new(host: &Host, text: &str, entries: &[&str]) -> Self {
        let mut hasher = blake3::Hasher::new();
        let mut add = |part: &[u8]| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        };
        add(env!("CARGO_PKG_VERSION").as_bytes());
        add(host.version.as_bytes());
        add(host.triple.to_bytes());
        add(host.cpu.to_bytes());
        add(host.features.to_bytes());
        add(crate::compile::recipe().as_bytes());
        add(text.as_bytes());
        for entry in entries {
            add(entry.as_bytes());
        }
        Self(*hasher.finalize().as_bytes())
    }

    fn file_name(&self) -> String {
        format!("{}{ENDING}", blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl Cache {
    /// A cache in a directory, of about `limit` bytes. Nothing is created yet.
    pub fn new(directory: PathBuf, limit: u64, shared: bool) -> Self {
        Self {
            directory,
            limit,
            shared,
        }
    }

    /// Why it is not used; nothing if it is.
    pub fn refusal(&self) -> Option<String> {
        if self.shared {
            return None;
        }
        trust::directory(&self.directory).err()
    }

    /// The object of that key, if it is there and whole. Marks it as used.
    pub fn get(&self, key: &Key) -> Option<Vec<u8>> {
        if self.refusal().is_some() {
            return None;
        }
        let path = self.directory.join(key.file_name());
        let mut file = File::open(&path).ok()?;
        if !self.shared && !trust::file(&file) {
            return None;
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).ok()?;
        let header = MAGIC.len() + SUM;
        let whole = bytes.len() > header
            && bytes.starts_with(MAGIC)
            && bytes[MAGIC.len()..header] == *blake3::hash(&bytes[header..]).as_bytes();
        if !whole {
            // Refused on a read-only disk; then it is found broken again next time.
            let _ = fs::remove_file(&path);
            return None;
        }
        touch(&path);
        Some(bytes.split_off(header))
    }

    /// Puts an object there. Where that fails, nothing is there.
    pub fn put(&self, key: &Key, object: &[u8]) {
        if self.write(key, object).is_ok() {
            self.evict(key);
        }
    }

    fn write(&self, key: &Key, object: &[u8]) -> std::io::Result<()> {
        create_private(&self.directory)?;
        // Somebody else may have created it.
        if let Some(why) = self.refusal() {
            return Err(std::io::Error::other(why));
        }
        let mut file = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempfile_in(&self.directory)?;
        file.write_all(MAGIC)?;
        file.write_all(blake3::hash(object).as_bytes())?;
        file.write_all(object)?;
        file.persist(self.directory.join(key.file_name()))?;
        Ok(())
    }

    /// Removes what was used least recently while the directory is over its limit; never what was just put there.
    fn evict(&self, kept: &Key) {
        let Ok(listing) = fs::read_dir(&self.directory) else {
            return;
        };
        let kept = self.directory.join(kept.file_name());
        // Temporary files that a crash has left count, and age, like entries.
        let mut entries: Vec<(SystemTime, PathBuf, u64)> = listing
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let data = fs::metadata(&path).ok().filter(fs::Metadata::is_file)?;
                let name = path.file_name()?.to_str()?;
                let ours = name.ends_with(ENDING) || name.starts_with(TEMPORARY);
                ours.then_some((data.modified().ok()?, path, data.len()))
            })
            .collect();
        let mut total: u64 = entries.iter().map(|(_, _, size)| size).sum();
        if total <= self.limit {
            return;
        }
        entries.sort();
        for (_, path, size) in entries {
            if total <= self.limit {
                break;
            }
            if path != kept && fs::remove_file(&path).is_ok() {
                total -= size;
            }
        }
    }
}

/// Creates a directory that only its owner can write to: what is in it will be run.
fn create_private(directory: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// Sets the time of last use: that of modification, since disks are often mounted without times of access.
fn touch(path: &Path) {
    // Where it is refused, the entry only looks older than it is.
    let _ = File::options()
        .append(true)
        .open(path)
        .and_then(|file| file.set_times(FileTimes::new().set_modified(SystemTime::now())));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> Key {
        Key([byte; 32])
    }

    #[test]
    fn broken_entries_are_absent() {
        let directory = tempfile::tempdir().expect("a directory");
        let cache = Cache::new(directory.path().join("objects"), 1 << 20, false);
        assert_eq!(cache.get(&key(1)), None);
        cache.put(&key(1), b"object");
        assert_eq!(cache.get(&key(1)).as_deref(), Some(&b"object"[..]));
        let path = cache.directory.join(key(1).file_name());
        let whole = fs::read(&path).expect("the entry");
        for broken in [&whole[..whole.len() - 1], &whole[..10], &[]] {
            fs::write(&path, broken).expect("a write");
            assert_eq!(cache.get(&key(1)), None);
        }
        cache.put(&key(1), b"again");
        assert_eq!(cache.get(&key(1)).as_deref(), Some(&b"again"[..]));
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let directory = tempfile::tempdir().expect("a directory");
        let cache = Cache::new(directory.path().to_owned(), 3 * (8 + 32 + 100), false);
        let age = |byte: u8, seconds: u64| {
            let file = File::options()
                .append(true)
                .open(cache.directory.join(key(byte).file_name()));
            let time = SystemTime::now() - std::time::Duration::from_secs(seconds);
            file.and_then(|f| f.set_times(FileTimes::new().set_modified(time)))
                .expect("a time");
        };
        for byte in 1..=3 {
            cache.put(&key(byte), &[byte; 100]);
            age(byte, 100 - u64::from(byte));
        }
        assert!(cache.get(&key(1)).is_some(), "used just now");
        cache.put(&key(4), &[4; 100]);
        assert!(cache.get(&key(2)).is_none());
        assert!(cache.get(&key(1)).is_some() && cache.get(&key(3)).is_some() && cache.get(&key(4)).is_some());
    }
}
