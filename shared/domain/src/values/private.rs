/// Gives a type that carries personal data or secrets a `Debug` that shows these of its fields, and `***` for all the others. A
/// field that is added later is hidden until somebody names it here.
#[macro_export]
macro_rules! shows_only {
    ($type:ty { $($shown:ident),* }) => {
        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                let mut shown = f.debug_struct(stringify!($type));
                $(shown.field(stringify!($shown), &self.$shown);)*
                shown.field("other", &::std::format_args!("***")).finish()
            }
        }
    };
}

pub(crate) use shows_only;
