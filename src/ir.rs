//! The program representation behind lowering: owned, `Send`, free of syntax-tree types.
//!
//! Expressions and patterns of one function live in flat arenas ([`Body`]) and refer to each other
//! by index, so a body moves between threads cheaply and drops without recursion.

pub mod comment;
pub mod moved;
mod pattern;
pub mod portable;
pub mod read;
pub mod same;
pub mod walk;

use serde::{Deserialize, Serialize};

pub use self::pattern::Pat;
use self::read::ReadBody;
use crate::source::{FileId, Span};

/// An interned identifier; see [`crate::names::Names`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Name(pub u32);

/// Index of an expression in its [`Body`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct ExprId(pub u32);

/// Index of a pattern in its [`Body`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct PatId(pub u32);

/// A type as far as the analysis needs it. References, lifetimes and qualifiers are dropped.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TypeRef {
    /// `a::b::Name<Args>`: the last segment, the one before it, and the type arguments.
    Path {
        /// Last path segment.
        name: Name,
        /// The segment before the last, such as a module or `Self`.
        qualifier: Option<Name>,
        /// Generic type arguments.
        #[serde(deserialize_with = "portable::nested")]
        args: Box<[TypeRef]>,
    },
    /// `(A, B)`; `()` is the empty tuple.
    #[serde(deserialize_with = "portable::nested")]
    Tuple(Box<[TypeRef]>),
    /// `[T]` or `[T; N]`.
    #[serde(deserialize_with = "portable::nested")]
    Slice(Box<TypeRef>),
    /// `impl A + B` or `dyn A + B`: the trait names.
    #[serde(deserialize_with = "portable::nested")]
    Bounds(Box<[TypeRef]>),
    /// Anything else, and what was left out.
    Unknown,
}

impl TypeRef {
    /// The name of a type without its arguments.
    pub fn head(&self) -> Option<Name> {
        match self {
            TypeRef::Path { name, .. } => Some(*name),
            _ => None,
        }
    }
}

/// A literal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Literal {
    /// `true` or `false`.
    Bool(bool),
    /// An integer, if it fits.
    Int(Option<u64>),
    /// Everything else.
    Other,
}

/// Unary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnaryOp {
    /// `!x`
    Not,
    /// `-x`
    Neg,
    /// `*x`
    Deref,
}

/// What a reference may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Borrow {
    /// `&x`
    Shared,
    /// `&mut x`
    Mutable,
}

/// Binary operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum BinaryOp {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `%`
    Rem,
    /// `>>`
    Shr,
    /// All other arithmetic.
    Arith,
}

/// One arm of a `match` (or of a `select!`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arm {
    /// The pattern.
    pub pat: PatId,
    /// `if guard`.
    pub guard: Option<ExprId>,
    /// What runs.
    pub body: ExprId,
}

/// A statement of a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stmt {
    /// `let pat: ty = init else { … };`
    Let {
        /// The pattern.
        pat: PatId,
        /// The declared type.
        ty: Option<TypeRef>,
        /// The initialiser.
        init: Option<ExprId>,
        /// The diverging `else` block.
        otherwise: Option<ExprId>,
    },
    /// An expression statement.
    Expr(ExprId),
}

/// An expression: what it is and where it stands.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions that the analysis tells apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the fields carry the names of the Rust reference
pub enum ExprKind {
    Lit(Literal),
    Path(Box<[Name]>),
    Field(ExprId, Name),
    Index(ExprId, ExprId),
    Call {
        callee: ExprId,
        args: Box<[ExprId]>,
    },
    MethodCall {
        receiver: ExprId,
        method: Name,
        args: Box<[ExprId]>,
    },
    Unary(UnaryOp, ExprId),
    Ref(ExprId, Borrow),
    Binary(BinaryOp, ExprId, ExprId),
    Assign(ExprId, ExprId),
    AssignOp(BinaryOp, ExprId, ExprId),
    Let(PatId, ExprId),
    If {
        cond: ExprId,
        then: ExprId,
        otherwise: Option<ExprId>,
    },
    Match {
        scrutinee: ExprId,
        arms: Box<[Arm]>,
    },
    Block {
        label: Option<Name>,
        stmts: Box<[Stmt]>,
        tail: Option<ExprId>,
    },
    Loop {
        label: Option<Name>,
        body: ExprId,
    },
    While {
        label: Option<Name>,
        cond: ExprId,
        body: ExprId,
    },
    For {
        label: Option<Name>,
        pat: PatId,
        iter: ExprId,
        body: ExprId,
    },
    Break {
        label: Option<Name>,
        value: Option<ExprId>,
    },
    Continue {
        label: Option<Name>,
    },
    Return(Option<ExprId>),
    Try(ExprId),
    Await(ExprId),
    Closure {
        params: Box<[PatId]>,
        body: ExprId,
    },
    Async(ExprId),
    Struct {
        path: Box<[Name]>,
        fields: Box<[(Name, ExprId)]>,
        rest: Option<ExprId>,
    },
    Tuple(Box<[ExprId]>),
    Array(Box<[ExprId]>),
    Cast(ExprId),
    Range(Option<ExprId>, Option<ExprId>),
    /// `assert!(c)`, `ensure!(c)`: whatever follows runs only if the condition held.
    Assert {
        cond: ExprId,
    },
    /// `panic!`, `bail!`, …: nothing follows.
    Diverge,
    /// `select! { pat = fut => body, … }`: one of the arms runs; `scrutinees` are the futures.
    Select {
        scrutinees: Box<[ExprId]>,
        arms: Box<[Arm]>,
    },
    /// Another macro whose tokens parsed as expressions.
    Macro {
        name: Name,
        args: Box<[ExprId]>,
    },
    /// Not understood, or without meaning to the analysis.
    Opaque,
}

/// The arenas of one function.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// All expressions.
    pub exprs: Vec<Expr>,
    /// All patterns.
    pub pats: Vec<Pat>,
}

impl Body {
    /// The expression behind an id.
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    /// The pattern behind an id.
    pub fn pat(&self, id: PatId) -> &Pat {
        &self.pats[id.0 as usize]
    }

    /// The names that patterns bind; a name is there as often as it is bound.
    pub fn bindings(&self, pats: impl IntoIterator<Item = PatId>) -> Vec<Name> {
        let mut names = Vec::new();
        let mut open: Vec<PatId> = pats.into_iter().collect();
        while let Some(pat) = open.pop() {
            let pat = self.pat(pat);
            if let Pat::Bind { name, .. } = pat {
                names.push(*name);
            }
            open.extend(pat.children());
        }
        names
    }
}

/// A generic parameter with the traits it is bound by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GenericParam {
    /// Its name.
    pub name: Name,
    /// The bounds.
    pub bounds: Box<[TypeRef]>,
}

/// What an associated function belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// The `Self` type; in a trait declaration the trait itself.
    pub self_ty: TypeRef,
    /// The trait that is implemented or declared.
    pub trait_name: Option<Name>,
    /// Whether this is the trait declaration (a default method).
    pub is_trait: bool,
}

/// A parameter other than `self`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Param {
    /// Its pattern.
    pub pat: PatId,
    /// Its type.
    pub ty: TypeRef,
    /// Whether that is a reference.
    pub is_reference: bool,
}

/// A function or method.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Function {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub file: FileId,
    /// The module within the file that it stands in.
    pub module: Option<Name>,
    /// The `impl` or `trait` around it.
    pub owner: Option<Owner>,
    /// Its generic parameters and those of its `impl`.
    pub generics: Box<[GenericParam]>,
    /// Whether it takes `self`.
    pub has_self: bool,
    /// Whether it takes `&mut self`.
    pub changes_self: bool,
    /// Whether it is an `async fn`: a call of it does nothing by itself.
    pub is_async: bool,
    /// The other parameters.
    pub params: Box<[Param]>,
    /// The return type.
    pub ret: TypeRef,
    /// The body; `None` for a declaration without one.
    pub root: Option<ExprId>,
    /// The arenas.
    pub body: ReadBody,
    /// The name's place.
    pub name_span: Span,
}

/// A named field with its type; tuple fields are named `0`, `1`, ….
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDef {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: TypeRef,
}

/// A struct, or one variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StructDef {
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub fields: Box<[FieldDef]>,
}

/// An enum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnumDef {
    /// Its name.
    pub name: Name,
    /// Its variants.
    pub variants: Box<[StructDef]>,
}

/// `type Name = Target;`, also as an associated type (`Deref::Target` keeps its owner).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasDef {
    /// Its name.
    pub name: Name,
    /// What it stands for.
    pub target: TypeRef,
    /// The `impl` it stands in.
    pub owner: Option<Owner>,
}

/// What one file declares.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct FileIr {
    /// Functions and methods, in source order.
    pub functions: Vec<Function>,
    /// Structs.
    pub structs: Vec<StructDef>,
    /// Enums.
    pub enums: Vec<EnumDef>,
    /// Type aliases and associated types.
    pub aliases: Vec<AliasDef>,
    /// `impl Trait for Type`, for dispatch through traits.
    pub impls: Vec<Owner>,
    /// Comments to the lint.
    pub comments: Vec<comment::Comment>,
}
