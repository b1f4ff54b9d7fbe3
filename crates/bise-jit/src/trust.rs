//! Whether files whose content will be run are the user's alone.

#[cfg(unix)]
pub use unix::{directory, file};

/// Where files have no owners as here, the system says who may read and write.
#[cfg(not(unix))]
pub fn directory(_: &std::path::Path) -> Result<(), String> {
    Ok(())
}

/// As [`directory`].
#[cfg(not(unix))]
pub fn file(_: &std::fs::File) -> bool {
    true
}

#[cfg(unix)]
mod unix {
    use std::fs::{self, File, Metadata};
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    /// Others of the group, and all others, may write.
    const WRITABLE: u32 = 0o022;
    /// Of a directory: only who owns an entry may replace it.
    const STICKY: u32 = 0o1000;

    /// Whether nobody but the user and the system can put files there, now or once it is created; else why not.
    pub fn directory(path: &Path) -> Result<(), String> {
        let path = std::path::absolute(path).map_err(|error| error.to_string())?;
        let mut existing = path.ancestors().enumerate();
        let existing = existing.find_map(|(above, at)| Some((above == 0, fs::canonicalize(at).ok()?)));
        let (is_itself, existing) =
            existing.ok_or_else(|| format!("`{}` cannot be reached", path.display()))?;
        for (above, at) in existing.ancestors().enumerate() {
            let data =
                fs::metadata(at).map_err(|error| format!("`{}` cannot be read: {error}", at.display()))?;
            if !is_of_user_or_system(&data) {
                return Err(format!("`{}` belongs to another user", at.display()));
            }
            let holds_entries_of_their_owners = (above > 0 || !is_itself) && data.mode() & STICKY != 0;
            if data.mode() & WRITABLE != 0 && !holds_entries_of_their_owners {
                return Err(format!("other users can write to `{}`", at.display()));
            }
        }
        Ok(())
    }

    /// Whether nobody but the user and the system can have written it.
    pub fn file(file: &File) -> bool {
        file.metadata()
            .is_ok_and(|data| is_of_user_or_system(&data) && data.mode() & WRITABLE == 0)
    }

    /// Whoever owns the root directory can do anything anyway; in a container it need not be number 0.
    fn is_of_user_or_system(data: &Metadata) -> bool {
        // SAFETY: always succeeds.
        let user = unsafe { libc::geteuid() };
        data.uid() == user || data.uid() == 0 || fs::metadata("/").is_ok_and(|root| root.uid() == data.uid())
    }

    #[cfg(test)]
    mod tests {
        use std::fs::Permissions;
        use std::os::unix::fs::PermissionsExt;

        use super::*;

        #[test]
        fn who_may_write_decides() {
            let base = tempfile::tempdir().expect("a directory");
            let (of_all, cache) = (base.path().join("all"), base.path().join("all/cache"));
            let set = |path: &Path, mode| fs::set_permissions(path, Permissions::from_mode(mode));
            fs::create_dir(&of_all).expect("a directory");
            for (mode, fine) in [(0o755, true), (0o777, false), (0o775, false), (0o1777, true)] {
                set(&of_all, mode).expect("a mode");
                assert_eq!(directory(&cache).is_ok(), fine, "not yet there, below {mode:o}");
            }
            fs::create_dir(&cache).expect("a directory");
            set(&cache, 0o700).expect("a mode");
            for (mode, fine) in [(0o755, true), (0o777, false), (0o1777, true)] {
                set(&of_all, mode).expect("a mode");
                assert_eq!(directory(&cache).is_ok(), fine, "below {mode:o}");
            }
            for (mode, fine) in [(0o755, true), (0o770, false), (0o1777, false)] {
                set(&cache, mode).expect("a mode");
                assert_eq!(directory(&cache).is_ok(), fine, "itself {mode:o}");
            }
            let refused = directory(&cache).expect_err("writable");
            assert!(refused.starts_with("other users can write to `"), "{refused}");
            let path = cache.join("file");
            fs::write(&path, "").expect("a file");
            for (mode, fine) in [(0o600, true), (0o644, true), (0o664, false), (0o602, false)] {
                set(&path, mode).expect("a mode");
                let opened = File::open(&path).expect("a file");
                assert_eq!(file(&opened), fine, "{mode:o}");
            }
        }
    }
}
