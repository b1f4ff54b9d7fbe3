//! What a session is told. The one place that reads the environment.

use std::path::PathBuf;

/// How programs are compiled and run. The bits of results do not depend on any of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Threads that a call may use, at least one.
    pub threads: usize,
    /// Bits of a vector register: 128, 256 or 512.
    pub vector_bits: u32,
    /// Where compiled code is kept between processes; nowhere if absent.
    pub cache: Option<PathBuf>,
    /// Bytes that the cache may grow to.
    pub cache_limit: u64,
    /// Check every intermediate representation after every stage.
    pub verify: bool,
    /// Refuse calls that read a neighbour that does not exist (a skip value) by its number; where this is off, such
    /// a read gives zero.
    pub checked: bool,
}

/// Bytes that the cache may grow to, unless told otherwise.
const CACHE_LIMIT: u64 = 512 << 20;

impl Default for Options {
    /// One thread, this machine's vectors, no cache, nothing verified.
    fn default() -> Self {
        Self {
            threads: 1,
            vector_bits: host_vector_bits(),
            cache: None,
            cache_limit: CACHE_LIMIT,
            verify: cfg!(debug_assertions),
            checked: false,
        }
    }
}

impl Options {
    /// What the environment says, with this machine's defaults:
    ///
    /// | variable | meaning | default |
    /// |---|---|---|
    /// | `BISE_NUM_THREADS` | threads of a call | the processors this process may use |
    /// | `BISE_CACHE_DIR` | where compiled code is kept; empty: nowhere | `$XDG_CACHE_HOME/bise`, `~/.cache/bise` |
    /// | `BISE_CACHE_LIMIT` | megabytes it may grow to | 512 |
    /// | `BISE_VECTOR_BITS` | 128, 256 or 512 | the widest of this processor |
    /// | `BISE_VERIFY` | `1`: check every stage's result | `0` |
    /// | `BISE_CHECKED` | `1`: refuse reads of missing neighbours | `0` |
    ///
    /// A value that makes no sense counts as absent.
    pub fn from_environment() -> Self {
        let variable = |name: &str| std::env::var_os(name).and_then(|value| value.into_string().ok());
        Self::from_variables(&variable)
    }

    fn from_variables(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| variable(name).and_then(|value| value.trim().parse::<u64>().ok());
        let flag =
            |name: &str| variable(name).map(|value| !matches!(value.trim(), "" | "0" | "off" | "false"));
        let default = Self::default();
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            threads: number("BISE_NUM_THREADS")
                .filter(|&threads| threads > 0)
                .map_or_else(processors, |threads| threads.min(1024) as usize),
            vector_bits: number("BISE_VECTOR_BITS")
                .filter(|bits| matches!(bits, 128 | 256 | 512))
                .map_or(default.vector_bits, |bits| bits as u32),
            cache: cache_directory(variable),
            cache_limit: number("BISE_CACHE_LIMIT")
                .map_or(CACHE_LIMIT, |megabytes| megabytes.saturating_mul(1 << 20)),
            verify: flag("BISE_VERIFY").unwrap_or(default.verify),
            checked: flag("BISE_CHECKED").unwrap_or(default.checked),
        }
    }
}

fn cache_directory(variable: &dyn Fn(&str) -> Option<String>) -> Option<PathBuf> {
    if let Some(directory) = variable("BISE_CACHE_DIR") {
        return Some(PathBuf::from(directory)).filter(|path| !path.as_os_str().is_empty());
    }
    // A relative `XDG_CACHE_HOME` is invalid by its specification.
    let absolute = |path: PathBuf| Some(path).filter(|path| path.is_absolute());
    let base = variable("XDG_CACHE_HOME")
        .and_then(|path| absolute(path.into()))
        .or_else(|| variable("HOME").and_then(|home| absolute(PathBuf::from(home).join(".cache"))));
    base.map(|base| base.join("bise"))
}

/// The widest vectors that this processor has.
fn host_vector_bits() -> u32 {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx512f") {
            return 512;
        }
        if std::arch::is_x86_feature_detected!("avx2") {
            return 256;
        }
    }
    128
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Options {
        Options::from_variables(&|name| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn variables_are_read_and_nonsense_is_not() {
        let options = read(&[
            ("BISE_NUM_THREADS", "3"),
            ("BISE_VECTOR_BITS", "100"),
            ("BISE_VERIFY", "1"),
            ("BISE_CACHE_LIMIT", "2"),
        ]);
        assert_eq!(options.threads, 3);
        assert_eq!(options.vector_bits, host_vector_bits());
        assert!(options.verify);
        assert_eq!(options.cache_limit, 2 << 20);
        assert!(read(&[("BISE_NUM_THREADS", "0")]).threads > 0);
    }

    #[test]
    fn the_cache_follows_the_desktop_standard() {
        let path = |pairs| read(pairs).cache;
        assert_eq!(path(&[("HOME", "/h")]), Some("/h/.cache/bise".into()));
        assert_eq!(
            path(&[("HOME", "/h"), ("XDG_CACHE_HOME", "/x")]),
            Some("/x/bise".into())
        );
        assert_eq!(path(&[("XDG_CACHE_HOME", "x")]), None);
        assert_eq!(path(&[("HOME", "/h"), ("BISE_CACHE_DIR", "")]), None);
    }
}
