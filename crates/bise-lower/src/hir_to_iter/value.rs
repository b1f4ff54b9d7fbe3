//! What an expression is worth during lowering: a tree of nodes.

use std::rc::Rc;

use bise_iter::NodeId;
use bise_lang::Type;

/// A node, or a tuple of values.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A field or scalar.
    Leaf(NodeId),
    /// A tuple.
    Tuple(Rc<[Value]>),
}

impl Value {
    /// The node of a field or scalar.
    pub(super) fn leaf(&self) -> NodeId {
        match self {
            Self::Leaf(node) => *node,
            Self::Tuple(_) => panic!("compiler bug: a tuple where a field or scalar is needed"),
        }
    }

    /// An element of a tuple.
    pub(super) fn item(&self, index: usize) -> &Value {
        match self {
            Self::Tuple(items) => &items[index],
            Self::Leaf(_) => panic!("compiler bug: an element of a field or scalar"),
        }
    }

    /// All nodes, left to right.
    pub(super) fn leaves(&self) -> Vec<NodeId> {
        match self {
            Self::Leaf(node) => vec![*node],
            Self::Tuple(items) => items.iter().flat_map(Self::leaves).collect(),
        }
    }

    /// A value of type `ty` of those nodes, left to right.
    pub(super) fn from_leaves(ty: &Type, nodes: &mut impl Iterator<Item = NodeId>) -> Self {
        match ty {
            Type::Tuple(items) => {
                Self::Tuple(items.iter().map(|item| Self::from_leaves(item, nodes)).collect())
            }
            Type::Scalar(_) | Type::Field(_) => {
                let node = nodes.next();
                Self::Leaf(node.unwrap_or_else(|| panic!("compiler bug: too few leaves for `{ty}`")))
            }
        }
    }

    /// The value with every node replaced.
    pub(super) fn map(&self, leaf: &mut impl FnMut(NodeId) -> NodeId) -> Self {
        match self {
            Self::Leaf(node) => Self::Leaf(leaf(*node)),
            Self::Tuple(items) => Self::Tuple(items.iter().map(|item| item.map(leaf)).collect()),
        }
    }

    /// Two values of one structure as one.
    pub(super) fn zip(&self, other: &Self, leaf: &mut impl FnMut(NodeId, NodeId) -> NodeId) -> Self {
        match (self, other) {
            (Self::Leaf(a), Self::Leaf(b)) => Self::Leaf(leaf(*a, *b)),
            (Self::Tuple(a), Self::Tuple(b)) => {
                assert_eq!(a.len(), b.len(), "compiler bug: two values differ in structure");
                Self::Tuple(a.iter().zip(b.iter()).map(|(a, b)| a.zip(b, leaf)).collect())
            }
            _ => panic!("compiler bug: two values differ in structure"),
        }
    }
}
