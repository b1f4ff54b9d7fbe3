//! Loop nests over buffers. Knows nothing of stencils.
