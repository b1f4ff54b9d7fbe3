//! Memory that is asked for before something begins that could not stop in the middle.

/// Whether there are so many bytes: asks for them at once and gives them back.
///
/// For what is made of many parts whose allocations end the process where they fail. One allocation of a size that
/// comes from the user is better asked for by itself ([`Vec::try_reserve_exact`]).
pub fn has_room(bytes: usize) -> bool {
    let mut room = Vec::<u8>::new();
    let exists = room.try_reserve_exact(bytes).is_ok();
    // An allocation that nobody looks at may be optimised away, and then never fails.
    std::hint::black_box(room.as_mut_ptr());
    exists
}

#[cfg(test)]
mod tests {
    use super::has_room;

    #[test]
    fn what_there_is_and_what_there_is_not() {
        assert!(has_room(0) && has_room(1 << 20));
        assert!(!has_room(usize::MAX / 4) && !has_room(usize::MAX));
    }
}
