//! The pipeline, top to bottom: order only, no algorithms. And the calls of what it made.
