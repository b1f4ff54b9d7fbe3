//! Every diagnostic, declared once: code, name, summary, and the page that `bise explain CODE` prints.
//! Each is pinned by a bad program under `tests/bad`.

use bise_base::Code;

macro_rules! codes {
    ($($constant:ident = $id:literal $name:literal: $summary:literal, $explanation:literal;)*) => {
        $(
            #[doc = $summary]
            pub static $constant: Code =
                Code { id: $id, name: $name, summary: $summary, explanation: $explanation };
        )*
        /// All codes, in order.
        pub static ALL: &[&Code] = &[$(&$constant),*];
    };
}

/// The code with that identifier or name.
pub fn find(id: &str) -> Option<&'static Code> {
    ALL.iter()
        .copied()
        .find(|code| code.id.eq_ignore_ascii_case(id) || code.name == id)
}

// B00xx: text. B01xx: names. B02xx: types. B03xx: what the language has not. B04xx: programs. B05xx: calls.
codes! {
    SYNTAX = "B0001" "syntax-error": "The text is not Python.",
        "The parser found text that is not valid Python. The label says what it expected.";
    TOO_COMPLEX = "B0002" "too-complex": "The text nests too deeply, or has too many paths.",
        "Python refuses more than 200 open brackets and more than 100 levels of indentation; Bise refuses the same, and\nexpressions more than 200 levels deep.\n\nA tuple holds at most 1024 numbers and fields, at most 32 tuples inside each other, and the tuples that a function\nmentions hold at most 1048576 together; an operator or a program stands for at most 200000 operations, once calls\nare replaced by what they compute. Doubling reaches that in few lines:\n\n    x = (x, x)       # each such line holds twice as much as the one before\n    return g(a(I + 1)) - g(a(I - 1))    # twice as much as `g`, which may call another operator twice\n\nA `return` inside an `if` moves what follows into the branches that go on. Where both branches of many `if`s go on,\nthe paths multiply:\n\n    if a:\n        if b:\n            return x\n    if c:            # this and all that follows is needed twice\n        ...\n\nRemedy: name parts of an expression by assignments; return once, at the end, and choose by\n`result = x if a else y` or by assignments in the branches.";
    NOT_A_FUNCTION = "B0003" "not-a-function": "The text is not one function.",
        "The source of an operator or a program is the text of one `def` with its decorators, as `inspect.getsource` gives\nit. Lambdas, classes and several functions at once cannot be compiled.";
    UNDEFINED_NAME = "B0101" "undefined-name": "A name is used that nothing defines.",
        "Every name in an operator or program is a parameter, a variable assigned before on every path, a builtin,\nor a name that the surrounding module defines: a dimension, an offset, an operator, a number, a type or a module.";
    UNASSIGNED = "B0102" "unassigned-variable": "A variable has no value on some path to its use.",
        "A variable is usable after an `if` when both branches assign it, or when it had a value before:\n\n    if limit:\n        flux = minimum(f, 0.0)\n    return flux                  # no value where `limit` is false\n\nRemedy: assign it in the other branch too, or before the `if`.";
    NOT_A_VALUE = "B0103" "not-a-value": "A dimension, an offset, a type, a module or a function stands where a value is needed.",
        "Arithmetic works on fields, scalars and literals. Dimensions and offsets say where a field is read, `f(I + 1)`,\nand stand in `broadcast(x, (I, J))` and `axis=`; types stand in annotations and in `astype(x, float64)`.\nOther Python objects have no meaning in an operator.";
    UNKNOWN_ATTRIBUTE = "B0104" "unknown-attribute": "A namespace has no such name, or the value has no attributes.",
        "`a.b` looks the name `b` up in the module or namespace `a` when the operator is compiled. Fields, scalars and\ntuples have no attributes inside an operator.";
    NOT_CALLABLE = "B0105" "not-callable": "What is called is neither an operator, a function of the language, a type nor a field.",
        "Inside an operator one calls other operators `op(a, b)`, functions of the language `sin(x)`, types `float64(1.0)`,\nand fields, to read them elsewhere: `f(I + 1)`. Inside a program one calls operators with `out=`.";
    TYPE_MISMATCH = "B0201" "type-mismatch": "Two types that must be the same differ.",
        "Bise never converts between data types silently: write `astype(x, float64)` where a conversion is meant.\nPython literals take the type of what they meet.";
    LITERAL = "B0202" "literal-does-not-fit": "A Python number does not fit the type of what it meets.",
        "A literal takes the data type of what it meets where that loses nothing of its kind: `f + 1.0` and `f + 1` are\nfloat32 for a float32 field. A float literal does not become an integer, a truth value does not become a number, and\nan integer has to be in the range of its type:\n\n    k + 0.5          # `k` is an int32 field\n\nRemedy: convert the field, `astype(k, float64) + 0.5`, or write a literal of the other's kind.";
    OPERAND = "B0203" "operand-type": "An operation is not defined for such operands.",
        "Arithmetic and comparisons take numbers, `& | ^ ~` take truth values, `sin`, `sqrt`, ... take floats, and none of\nthem takes tuples:\n\n    sqrt(k)          # `k` is an int32 field\n\nRemedy: convert first, `sqrt(astype(k, float64))`, or compare first, `(a > 0.0) & (b > 0.0)`.";
    MISSING_ANNOTATION = "B0204" "missing-annotation": "A parameter has no type.",
        "An operator is compiled when it is defined, so every parameter says its type:\n\n    @field_operator\n    def twice(a): ...                                  # wrong\n    def twice(a: Field[[I, J], float64]): ...          # right\n\nThe type of the result is deduced; an annotation of it is checked.";
    ANNOTATION = "B0205" "invalid-annotation": "An annotation is not a type of the language.",
        "Types are `Field[[I, J], float64]`, the scalars `bool`, `int8` ... `int64`, `uint8` ... `uint64`, `float32`, `float64`,\n`int` (which is int64) and `float` (which is float64), and `tuple[...]` of types.";
    CONDITION = "B0207" "invalid-condition": "A condition is not one truth value.",
        "`if`, `elif` and `a if c else b` choose once for all points, so `c` is a scalar of type bool. To choose point by\npoint, write `where(mask, a, b)`. Numbers are not truth values: compare them, `n != 0`.\n\nThe condition of `concat_where` is a part of the points, said by their indices: comparisons of dimensions with scalar\nintegers, `K < n`, joined by `&`, `|` and `~`.";
    UNPACK = "B0208" "invalid-unpacking": "A tuple has not as many elements as are asked for.",
        "`a, b = t` needs a tuple of two; `a, *b = t` one of at least one; `t[2]` one of at least three, and the index is an\ninteger literal, since elements may differ in type.";
    SHIFT = "B0209" "invalid-shift": "A field cannot be read there.",
        "`f(I + 1)` reads the neighbour along a Cartesian dimension of `f`; `f(E2V[0])` reads neighbour 0 and `f(E2V)` all\nneighbours of a mesh element, for a field on `E2V.source`, and gives a field on `E2V.target`. Distances and numbers of\nneighbours are integer literals. Scalars have no neighbours; nor have the scalars that a scan operator works on: shift\nthe fields that are given to it.";
    REDUCTION = "B0210" "invalid-reduction": "A reduction over neighbours has no neighbours to fold.",
        "`neighbor_sum(f(V2E), axis=V2EDim)` folds along the local dimension that `f(V2E)` has. The axis is a local dimension\nof the operand, and some offset in scope has it as the second dimension of its target: its table says how many\nneighbours there are.";
    RANGE_FOLD = "B0218" "invalid-range-fold": "A fold over ranges has no such points to fold.",
        "`sum_over(f, domain={I: (0, nx), J: (0, ny)})`, and so `max_over`, `min_over` and `mean_over`, fold the points of\nranges along dimensions that `f` has and the result has not. The ends are integers that are known when the program is\ncalled: literals and integer parameters with `+ - * // %`, `minimum` and `maximum`.";
    ARGUMENTS = "B0211" "wrong-arguments": "A call does not match the parameters.",
        "Arguments go to parameters by position or by name, each parameter gets exactly one, and there are no default\nvalues.";
    RETURN_TYPE = "B0212" "return-type": "A returned value has another type than is declared or returned elsewhere.",
        "All `return`s of an operator give one type, that of the annotation after `->` if there is one. Write `astype` to\nconvert, `broadcast` to add dimensions.";
    MISSING_RETURN = "B0213" "missing-return": "An operator ends without a result.",
        "An operator is a function: every path through it ends in `return value`.";
    CARRY = "B0214" "scan-carry": "Carry, initial value and result of a scan operator differ in type.",
        "A scan operator gets what it returned at the level before as its first parameter, at the first level the value of\n`init`. So the type of the first parameter, of `init` and of the result are one:\n\n    @scan_operator(axis=K, forward=True, init=0.0)\n    def running_sum(carry: float64, x: float64) -> float64:\n        return carry + x";
    LITERAL_ARITHMETIC = "B0215" "literal-arithmetic": "A computation with Python numbers fails.",
        "Expressions of literals are computed when the operator is compiled. Integers have Python's meaning: `1 / 0` fails as it\nfails in Python. Floats have that of fields: `1.0 / 0.0` is infinite.";
    BROADCAST = "B0216" "invalid-broadcast": "A value cannot be broadcast to those dimensions.",
        "`broadcast(x, (I, K))` gives a field over exactly these dimensions, so they include all that `x` has.";
    UNSUPPORTED = "B0301" "unsupported-syntax": "A Python construct that the language does not have.",
        "Field operators are pure functions of fields: assignments, `if`/`else` on scalars, conditional expressions,\ncalls and arithmetic. Loops, comprehensions, classes, exceptions and mutation have no meaning on fields.";
    LOGICAL = "B0302" "logical-operator": "`and` and `or` do not work point by point.",
        "Python's `and` and `or` decide by their first operand whether to look at the second, which has no meaning on\nfields. Write `a & b` and `a | b`, with parentheses around comparisons: `(a > 0.0) & (b > 0.0)`.";
    PARAMETER = "B0304" "unsupported-parameter": "A kind of parameter that operators do not have.",
        "Operators have a fixed list of parameters, each with a type. There are no default values, no `*args`, no\n`**kwargs`, and no parameters that are given only by position or only by name.";
    NO_EFFECT = "B0305" "no-effect": "A statement whose value is not used.",
        "Operators are pure functions, so an expression that stands for itself does nothing. Assign it to a name or return it.";
    MISSING_OUT = "B0401" "missing-out": "A statement of a program writes nowhere.",
        "Each statement of a program calls an operator and names the field that takes the result: `op(a, b, out=c)`.";
    OUT = "B0402" "invalid-out": "What `out=` names cannot take the result.",
        "`out=` names a field parameter of the program, a slice of one `c[1:-1, :]` with one slice for each dimension and\ninteger literals as bounds, or a tuple of those where the operator returns a tuple. Bounds count from the start of the\nfield's own domain, negative ones from its end. Type and dimensions are those of the result.";
    DOMAIN = "B0403" "invalid-domain": "The output domain of a statement is not well formed.",
        "`domain={I: (0, nx), K: (1, nz - 1)}` gives for each dimension of the output the first index and one past the last,\nas integer expressions of literals and integer parameters with `+ - * // %`, `minimum` and `maximum`. A tuple of\nsuch dictionaries goes with a tuple of outputs. Without it (and without slices) the whole output is written.";
    PROGRAM_STATEMENT = "B0404" "program-statement": "A statement that is not a call of an operator.",
        "A program is a list of calls of operators with `out=`, and of loops around them, `for k in range(n):`. Computations,\nconditions and assignments belong into operators.";
    PROGRAM_ARGUMENT = "B0405" "program-argument": "A program computes with a field.",
        "A program passes its fields on by name. Arithmetic on fields, shifts and calls belong into an operator. Scalars may\nbe computed: `op(a, 0.5 * dt, out=b)`.";
    SCALAR_OUT = "B0406" "scalar-out": "What `out=` names is a number.",
        "A program writes to fields: a parameter that is a number stays what it is. Such a program is defined, since existing\ncode has some that nobody calls, and a call of it is refused. Declare the parameter as `Field[[], float64]`.";
    PROGRAM_LOOP = "B0407" "program-loop": "A loop of a program is not one over a range of integers.",
        "`for k in range(1, nz):` repeats calls of operators, once for each value of `k`, one round after the other. The ends are\ninteger expressions as in `domain=`; the step is an integer literal: `range(nz - 2, -1, -1)` goes down. The variable is a\nscalar for the calls and their domains in the loop, `domain={K: (k, k + 1)}`, and has no value after it. Nothing else\nhas values: what rounds leave to each other they write to fields.";
    OUT_OF_BOUNDS = "B0501" "out-of-bounds": "A field is too small for what is read of it.",
        "The region that a program reads of each input follows from its output domain and its shifts. It is compared\nwith the domain of the field before anything runs; nothing has been written.\n\nWhere a field is read at a computed distance, `f(as_offset(Koff, d))`, how far depends on data: beyond the ends of the\nfield the last point on that side is read. With BISE_CHECKED=1 the call is refused if a result depends on it.";
    ARGUMENT_TYPE = "B0502" "argument-type": "An argument has another type than its parameter.",
        "Arguments are compared with the annotations of the program before anything runs; nothing has been written.";
    BAD_TABLE = "B0503" "bad-table": "A connectivity does not fit.",
        "A connectivity is given by `offset_provider={\"V2E\": table}`. Its entries are indices of the source dimension\n(or -1, a skip value), one row per index of the origin. It is checked once, before anything runs.";
    ARGUMENT_COUNT = "B0504" "argument-count": "A call has too many or too few arguments.",
        "A program takes one argument for each of its parameters. Nothing has been written.";
    READ_ONLY = "B0505" "read-only-output": "A field that is written is read-only.",
        "The program writes this parameter, and the memory given for it may not be written. Give a copy.";
    BAD_LAYOUT = "B0506" "bad-layout": "A field lies in memory as no program can use it.",
        "Elements lie at multiples of their size, in any order and with any distance between them. Where a field is\nwritten, no two of its elements share memory. Nothing has been written.";
    OUTPUT_DOMAIN = "B0507" "output-domain": "A statement writes where its output has no points.",
        "The domain of a statement, `domain=` or the slice of `out=`, must lie in the domain of the field that takes the\nresult. Nothing has been written.";
    MISSING_NEIGHBOR = "B0508" "missing-neighbor": "A neighbour is read by its number where there is none.",
        "`f(V2E[5])` reads neighbour number 5 of every vertex of the domain. Where the table has fewer columns, there is\nnothing to read. Where it has -1 the value is zero: a warning says so once per line and table, unless a branch of\n`where` or of an `if` keeps it out; with `BISE_CHECKED=1` a call is refused if a result depends on it. Nothing has been\nwritten.\n\nRemedy: choose another value there, `where(mask, f(V2E[5]), 0.0)`, or write a smaller domain. Reductions such as\n`neighbor_sum` leave missing neighbours out.";
}
