//! Lists of dimensions, each kept once: so that comparing two is comparing two addresses.

use std::sync::{Arc, Mutex, PoisonError};

use bise_lang::Dimension;

static LISTS: Mutex<Vec<Arc<[Dimension]>>> = Mutex::new(Vec::new());

/// The one list that equals `dims`. Programs use a handful of them, so they are searched one by one, and never
/// forgotten.
pub fn intern(dims: &[Dimension]) -> Arc<[Dimension]> {
    let mut lists = LISTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(list) = lists.iter().find(|list| &***list == dims) {
        return list.clone();
    }
    let list: Arc<[Dimension]> = dims.into();
    lists.push(list.clone());
    list
}
