//! What a session is told. The one place that reads the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use bise_lower::iter_to_loops::Costs;

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
    /// Whether whoever can write there is trusted. If not, only what is the user's alone is used.
    pub cache_shared: bool,
    /// Check every intermediate representation after every stage.
    pub verify: bool,
    /// Refuse calls in which a result depends on a neighbour that does not exist (a skip value) and is read by its
    /// number; where this is off, such a read gives zero.
    pub checked: bool,
    /// What the compiler takes things to cost where it chooses what to store.
    pub costs: Costs,
}

/// An environment variable that says something which makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} is `{value}`: it takes {takes}")]
pub struct OptionError {
    /// Name of the variable.
    pub name: &'static str,
    /// What it says.
    pub value: String,
    /// What it may say.
    pub takes: &'static str,
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
            cache_shared: false,
            verify: cfg!(debug_assertions),
            checked: false,
            costs: Costs::default(),
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
    /// | `BISE_CACHE_SHARED` | `1`: others who can write there are trusted | `0`: such a cache is not used |
    /// | `BISE_VECTOR_BITS` | 128, 256 or 512 | the widest of this processor |
    /// | `BISE_VERIFY` | `1`: check every stage's result | `0` |
    /// | `BISE_CHECKED` | `1`: refuse results that depend on missing neighbours | `0` |
    ///
    /// An empty value counts as absent, and one that makes no sense is an error.
    pub fn from_environment() -> Result<Self, OptionError> {
        Self::from_variables(&|name| std::env::var_os(name))
    }

    fn from_variables(variable: &dyn Fn(&str) -> Option<OsString>) -> Result<Self, OptionError> {
        let default = Self::default();
        let threads = number(variable, "BISE_NUM_THREADS", "a number from 1 on", |&threads| {
            threads > 0
        })?;
        let bits = number(variable, "BISE_VECTOR_BITS", "128, 256 or 512", |bits| {
            matches!(bits, 128 | 256 | 512)
        })?;
        let megabytes = number(variable, "BISE_CACHE_LIMIT", "a number of megabytes", |_| true)?;
        let processors = || std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Self {
            costs: default.costs,
            threads: threads.map_or_else(processors, |threads| threads.min(1024) as usize),
            vector_bits: bits.map_or(default.vector_bits, |bits| bits as u32),
            cache: cache_directory(variable),
            cache_limit: megabytes.map_or(CACHE_LIMIT, |megabytes| megabytes.saturating_mul(1 << 20)),
            cache_shared: flag(variable, "BISE_CACHE_SHARED")?.unwrap_or(default.cache_shared),
            verify: flag(variable, "BISE_VERIFY")?.unwrap_or(default.verify),
            checked: flag(variable, "BISE_CHECKED")?.unwrap_or(default.checked),
        })
    }
}

/// What a variable says, without blanks around it; nothing where that is empty.
fn text(variable: &dyn Fn(&str) -> Option<OsString>, name: &str) -> Option<String> {
    let value = variable(name)?;
    let value = value.to_string_lossy();
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn number(
    variable: &dyn Fn(&str) -> Option<OsString>,
    name: &'static str,
    takes: &'static str,
    is_fine: impl Fn(&u64) -> bool,
) -> Result<Option<u64>, OptionError> {
    let Some(value) = text(variable, name) else {
        return Ok(None);
    };
    let number = value.parse().ok().filter(is_fine);
    number.map(Some).ok_or(OptionError { name, value, takes })
}

fn flag(
    variable: &dyn Fn(&str) -> Option<OsString>,
    name: &'static str,
) -> Result<Option<bool>, OptionError> {
    let Some(value) = text(variable, name) else {
        return Ok(None);
    };
    match value.to_ascii_lowercase().as_str() {
        "1" | "on" | "true" | "yes" => Ok(Some(true)),
        "0" | "off" | "false" | "no" => Ok(Some(false)),
        _ => Err(OptionError {
            name,
            value,
            takes: "0 or 1",
        }),
    }
}

fn cache_directory(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
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

    fn try_read(pairs: &[(&str, &str)]) -> Result<Options, OptionError> {
        Options::from_variables(&|name| {
            let found = pairs.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).into())
        })
    }

    fn read(pairs: &[(&str, &str)]) -> Options {
        try_read(pairs).unwrap()
    }

    #[test]
    fn variables_are_read_and_nonsense_is_refused() {
        let options = read(&[
            ("BISE_NUM_THREADS", " 3"),
            ("BISE_VECTOR_BITS", ""),
            ("BISE_VERIFY", "1"),
            ("BISE_CACHE_LIMIT", "2"),
        ]);
        assert_eq!(options.threads, 3);
        assert_eq!(options.vector_bits, host_vector_bits());
        assert!(options.verify);
        assert_eq!(options.cache_limit, 2 << 20);
        for (name, value) in [
            ("BISE_NUM_THREADS", "abc"),
            ("BISE_NUM_THREADS", "0"),
            ("BISE_NUM_THREADS", "-1"),
            ("BISE_VECTOR_BITS", "99"),
            ("BISE_CACHE_LIMIT", "1e3"),
            ("BISE_CHECKED", "perhaps"),
        ] {
            let error = try_read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(value), "{error}");
        }
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
