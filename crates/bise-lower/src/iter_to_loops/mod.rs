//! Lowers a graph of field-valued nodes to loop nests and the plan of a call.
