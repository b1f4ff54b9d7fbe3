//! Who calls a program.

use crate::Notice;

/// Hears of a call while it goes on.
pub trait Host {
    /// Hears what is worth knowing of a call unlike those before, and says whether to go on.
    fn heed(&mut self, _notice: &Notice) -> bool {
        true
    }

    /// Whether it heeds: where not, what is made of missing neighbours is not looked at.
    fn listens(&self) -> bool {
        true
    }

    /// Whether to stop. Asked now and then between the rounds of loops.
    fn interrupted(&mut self) -> bool {
        false
    }
}

/// What hears of notices only.
impl<F: FnMut(&Notice) -> bool> Host for F {
    fn heed(&mut self, notice: &Notice) -> bool {
        self(notice)
    }
}

/// Hears nothing of what is said.
pub(crate) struct Silent;

impl Host for Silent {}

/// Is not spoken to.
pub(crate) struct Deaf;

impl Host for Deaf {
    fn listens(&self) -> bool {
        false
    }
}
