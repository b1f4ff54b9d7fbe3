//! What the language is: data types, dimensions, types, scalars and THE builtin table. No stage's algorithm lives here.
