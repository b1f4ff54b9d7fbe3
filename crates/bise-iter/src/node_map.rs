//! Tables with a row for each node of a statement.

use std::ops::{Index, IndexMut};

use crate::NodeId;
use crate::walk::position;

/// A row for each of the nodes that it was made for. The nodes of a statement lie next to each other in the arena, so
/// this is as long as the statement, not as long as the program.
#[derive(Clone, Debug)]
pub struct NodeMap<T> {
    first: usize,
    rows: Vec<T>,
}

impl<T: Clone> NodeMap<T> {
    /// For those nodes, which are in the order of the arena: a copy of `row` for each.
    pub fn new(nodes: &[NodeId], row: T) -> Self {
        let first = nodes.first().map_or(0, |&id| position(id));
        let end = nodes.last().map_or(first, |&id| position(id) + 1);
        Self {
            first,
            rows: vec![row; end - first],
        }
    }
}

impl<T> NodeMap<T> {
    /// The row of a node, if it has one.
    pub fn get(&self, id: NodeId) -> Option<&T> {
        position(id)
            .checked_sub(self.first)
            .and_then(|at| self.rows.get(at))
    }
}

impl<T> Index<NodeId> for NodeMap<T> {
    type Output = T;

    fn index(&self, id: NodeId) -> &T {
        &self.rows[position(id) - self.first]
    }
}

impl<T> IndexMut<NodeId> for NodeMap<T> {
    fn index_mut(&mut self, id: NodeId) -> &mut T {
        &mut self.rows[position(id) - self.first]
    }
}
