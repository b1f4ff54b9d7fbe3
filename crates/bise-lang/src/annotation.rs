//! Types as they are written: the order in which an annotation names the dimensions of a field is free. It says how the
//! axes of an array stand, which has no names; everything else goes by names, hence by [`Type`], which knows no order.

use std::fmt;
use std::sync::Arc;

use bise_base::Name;

use crate::{DType, Dimension, Type};

/// The dimensions of the axes of an array, or nothing where no annotation says which they are.
pub type Axes = Option<Vec<Dimension>>;

/// A type with the order in which the dimensions of each of its fields are written, and the names of its elements.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Annotation {
    ty: Type,
    /// One per leaf of the type, with the dimensions of that leaf.
    axes: Vec<Axes>,
    names: ElementNames,
}

/// A class of named values, a `NamedTuple` or a data class: a tuple whose elements have names.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Collection {
    /// Of the class.
    pub name: Name,
    /// Of the elements, in order.
    pub elements: Vec<Name>,
}

/// The names in a type: nothing where there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum ElementNames {
    /// A number, a field, or a tuple without names in it.
    #[default]
    Nothing,
    /// A tuple.
    Tuple {
        /// The names of its elements, if they have any.
        collection: Option<Arc<Collection>>,
        /// Those in its elements.
        items: Vec<ElementNames>,
    },
}

impl ElementNames {
    /// Of a tuple.
    pub fn of_tuple(collection: Option<Arc<Collection>>, items: Vec<Self>) -> Self {
        if collection.is_none() && items.iter().all(|item| *item == Self::Nothing) {
            return Self::Nothing;
        }
        Self::Tuple { collection, items }
    }

    /// What the elements of the tuple itself are called.
    pub fn collection(&self) -> Option<&Arc<Collection>> {
        match self {
            Self::Nothing => None,
            Self::Tuple { collection, .. } => collection.as_ref(),
        }
    }

    /// Those in an element.
    pub fn item(&self, index: usize) -> Self {
        match self {
            Self::Nothing => Self::Nothing,
            Self::Tuple { items, .. } => items.get(index).cloned().unwrap_or_default(),
        }
    }
}

impl Annotation {
    /// `float64`
    pub fn scalar(dtype: DType) -> Self {
        Self::from(Type::Scalar(dtype))
    }

    /// `Field[[K, I], float64]`. A dimension that stands twice is an error.
    pub fn field(dims: Vec<Dimension>, dtype: DType) -> Result<Self, Dimension> {
        let ty = Type::field(dims.iter().cloned(), dtype);
        if ty.dims().len() == dims.len() {
            let axes = vec![Some(dims)];
            let names = ElementNames::Nothing;
            return Ok(Self { ty, axes, names });
        }
        let repeated = (1..dims.len()).find(|&at| dims[..at].contains(&dims[at]));
        Err(dims[repeated.unwrap_or(0)].clone())
    }

    /// `tuple[float64, Field[[K, I], float64]]`
    pub fn tuple(items: Vec<Self>) -> Self {
        Self::named(None, items)
    }

    /// A tuple whose elements have names.
    pub fn collection(collection: Collection, items: Vec<Self>) -> Self {
        Self::named(Some(Arc::new(collection)), items)
    }

    fn named(collection: Option<Arc<Collection>>, items: Vec<Self>) -> Self {
        let axes = items.iter().flat_map(|item| item.axes.iter().cloned()).collect();
        let names = items.iter().map(|item| item.names.clone()).collect();
        let ty = Type::Tuple(items.into_iter().map(|item| item.ty).collect());
        Self {
            ty,
            axes,
            names: ElementNames::of_tuple(collection, names),
        }
    }

    /// What no annotation says: a type that follows from others. Each field has the order of the fields of `sources` on
    /// the same dimensions, if there are any and they agree; the canonical one where all of `sources` are written so.
    pub fn inferred(ty: Type, sources: &[Self]) -> Self {
        let written = || sources.iter().flat_map(|source| &source.axes);
        let canonical = written().flatten().all(|axes| axes.is_sorted());
        let order = |leaf: &Type| {
            let same = |axes: &&Vec<Dimension>| {
                axes.len() == leaf.dims().len() && axes.iter().all(|dim| leaf.dims().contains(dim))
            };
            let mut same = written().flatten().filter(same);
            let agreed = same.next().filter(|first| same.all(|other| other == *first));
            let only = || leaf.dims().to_vec();
            agreed
                .cloned()
                .or_else(|| (canonical || leaf.dims().len() < 2).then(only))
        };
        let axes = ty.leaves().into_iter().map(order).collect();
        let names = ElementNames::Nothing;
        Self { ty, axes, names }
    }

    /// The names of what it consists of.
    pub fn names(&self) -> &ElementNames {
        &self.names
    }

    /// With those names.
    pub fn with_names(self, names: ElementNames) -> Self {
        Self { names, ..self }
    }

    /// The type, which knows no order.
    pub fn ty(&self) -> &Type {
        &self.ty
    }

    /// The type of a single number.
    pub fn as_scalar(&self) -> Option<DType> {
        match self.ty {
            Type::Scalar(dtype) => Some(dtype),
            Type::Field(_) | Type::Tuple(_) => None,
        }
    }

    /// The axes of an array for each leaf, left to right.
    pub fn axes(&self) -> &[Axes] {
        &self.axes
    }

    /// Changes each leaf to a type on the same dimensions.
    pub fn with_type(&self, ty: Type) -> Self {
        let alike = |(a, b): (&Type, &Type)| a.dims() == b.dims();
        let same = self.ty.leaves().into_iter().zip(ty.leaves()).all(alike);
        assert!(same, "compiler bug: `{ty}` has other dimensions than `{self}`");
        Self { ty, ..self.clone() }
    }

    /// The elements of a tuple.
    pub fn items(&self) -> Vec<Self> {
        let Type::Tuple(types) = &self.ty else {
            return Vec::new();
        };
        let mut axes = self.axes.iter().cloned();
        let item = |(at, ty): (usize, &Type)| Self {
            ty: ty.clone(),
            axes: axes.by_ref().take(ty.leaves().len()).collect(),
            names: self.names.item(at),
        };
        types.iter().enumerate().map(item).collect()
    }
}

impl Annotation {
    /// The scalars and fields of a nested tuple, left to right.
    pub fn leaves(&self) -> Vec<Self> {
        let types = self.ty.leaves().into_iter().cloned();
        let leaves = types.zip(self.axes.iter().cloned());
        let leaf = |(ty, axes)| Self {
            ty,
            axes: vec![axes],
            names: ElementNames::Nothing,
        };
        leaves.map(leaf).collect()
    }

    /// For each dimension of a field in canonical order, which axis of an array it is.
    pub fn order(&self) -> Option<Vec<usize>> {
        let axes = self.axes.first()?.as_ref()?;
        let mut order: Vec<usize> = (0..axes.len()).collect();
        order.sort_by_key(|&at| &axes[at]);
        Some(order)
    }
}

impl From<Type> for Annotation {
    /// Written in canonical order.
    fn from(ty: Type) -> Self {
        let axes = ty
            .leaves()
            .iter()
            .map(|leaf| Some(leaf.dims().to_vec()))
            .collect();
        let names = ElementNames::Nothing;
        Self { ty, axes, names }
    }
}

impl fmt::Display for Annotation {
    /// As it is written: `Field[[K, I], float64]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.ty, self.axes.as_slice()) {
            (Type::Field(field), [Some(axes)]) => {
                let dims: Vec<&str> = axes.iter().map(|dim| dim.name.as_str()).collect();
                write!(f, "Field[[{}], {}]", dims.join(", "), field.dtype)
            }
            (Type::Tuple(_), _) => {
                let items: Vec<String> = self.items().iter().map(ToString::to_string).collect();
                write!(f, "tuple[{}]", items.join(", "))
            }
            (ty, _) => ty.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DimensionKind;

    fn dims(names: &str) -> Vec<Dimension> {
        let kind = |name| {
            if name == 'k' {
                DimensionKind::Vertical
            } else {
                DimensionKind::Horizontal
            }
        };
        names
            .chars()
            .map(|name| Dimension::new(name.to_string(), kind(name)))
            .collect()
    }

    fn field(names: &str) -> Annotation {
        Annotation::field(dims(names), DType::Float64).unwrap()
    }

    #[test]
    fn the_order_is_no_part_of_the_type() {
        assert_eq!(field("kji").ty(), field("ijk").ty());
        assert_ne!(field("kji"), field("ijk"));
        assert_eq!(field("kji").to_string(), "Field[[k, j, i], float64]");
        assert_eq!(field("kji").ty().to_string(), "Field[[i, j, k], float64]");
        let pair = Annotation::tuple(vec![field("ki"), field("j")]);
        assert_eq!(
            pair.to_string(),
            "tuple[Field[[k, i], float64], Field[[j], float64]]"
        );
        assert_eq!(pair.items(), [field("ki"), field("j")]);
    }

    #[test]
    fn a_dimension_stands_once() {
        assert_eq!(
            Annotation::field(dims("ijji"), DType::Bool),
            Err(dims("j").remove(0))
        );
    }

    #[test]
    fn an_inferred_order_is_that_of_the_sources_or_unknown() {
        let order = |ty: &str, sources: &[&str]| {
            let sources: Vec<Annotation> = sources.iter().map(|names| field(names)).collect();
            Annotation::inferred(field(ty).ty().clone(), &sources).axes()[0].clone()
        };
        assert_eq!(order("ik", &["ki"]), Some(dims("ki")));
        assert_eq!(order("ik", &["ki", "k", "ki"]), Some(dims("ki")));
        assert_eq!(order("ik", &["ki", "ik"]), None);
        assert_eq!(order("ijk", &["ki", "j"]), None);
        assert_eq!(order("i", &["ki"]), Some(dims("i")));
        assert_eq!(order("ijk", &["ik", "j"]), Some(dims("ijk")));
    }
}
