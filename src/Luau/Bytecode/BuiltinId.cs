namespace GameServer.Luau.Bytecode;

/// <summary>Library functions that have a call without a frame (FastCall opcodes). The name is Library_function; the compiler finds the id by
/// the import chain, the library row of that function carries it, the interpreter's BuiltinCalls implements it.</summary>
enum BuiltinId : ushort
{
    /// <summary>Not a builtin.</summary>
    None,
    // Base functions have no library prefix in the import chain.
    /// <summary>assert</summary>
    Base_assert,
    /// <summary>type</summary>
    Base_type,
    /// <summary>typeof</summary>
    Base_typeof,
    /// <summary>rawequal</summary>
    Base_rawequal,
    /// <summary>rawget</summary>
    Base_rawget,
    /// <summary>rawset</summary>
    Base_rawset,
    /// <summary>rawlen</summary>
    Base_rawlen,
    /// <summary>tonumber</summary>
    Base_tonumber,
    /// <summary>tostring</summary>
    Base_tostring,
    /// <summary>getmetatable</summary>
    Base_getmetatable,
    /// <summary>setmetatable</summary>
    Base_setmetatable,
    /// <summary>select; only with <c>...</c> as its last argument, see <see cref="OpCode.FastSelect"/></summary>
    Base_select,
    /// <summary>math.abs</summary>
    Math_abs,
    /// <summary>math.acos</summary>
    Math_acos,
    /// <summary>math.asin</summary>
    Math_asin,
    /// <summary>math.atan2</summary>
    Math_atan2,
    /// <summary>math.atan</summary>
    Math_atan,
    /// <summary>math.ceil</summary>
    Math_ceil,
    /// <summary>math.clamp</summary>
    Math_clamp,
    /// <summary>math.cos</summary>
    Math_cos,
    /// <summary>math.deg</summary>
    Math_deg,
    /// <summary>math.exp</summary>
    Math_exp,
    /// <summary>math.floor</summary>
    Math_floor,
    /// <summary>math.fmod</summary>
    Math_fmod,
    /// <summary>math.lerp</summary>
    Math_lerp,
    /// <summary>math.log</summary>
    Math_log,
    /// <summary>math.max</summary>
    Math_max,
    /// <summary>math.min</summary>
    Math_min,
    /// <summary>math.pow</summary>
    Math_pow,
    /// <summary>math.rad</summary>
    Math_rad,
    /// <summary>math.random</summary>
    Math_random,
    /// <summary>math.round</summary>
    Math_round,
    /// <summary>math.sign</summary>
    Math_sign,
    /// <summary>math.sin</summary>
    Math_sin,
    /// <summary>math.sqrt</summary>
    Math_sqrt,
    /// <summary>math.tan</summary>
    Math_tan,
    /// <summary>bit32.arshift</summary>
    Bit32_arshift,
    /// <summary>bit32.band</summary>
    Bit32_band,
    /// <summary>bit32.bnot</summary>
    Bit32_bnot,
    /// <summary>bit32.bor</summary>
    Bit32_bor,
    /// <summary>bit32.btest</summary>
    Bit32_btest,
    /// <summary>bit32.bxor</summary>
    Bit32_bxor,
    /// <summary>bit32.countlz</summary>
    Bit32_countlz,
    /// <summary>bit32.countrz</summary>
    Bit32_countrz,
    /// <summary>bit32.byteswap</summary>
    Bit32_byteswap,
    /// <summary>bit32.extract</summary>
    Bit32_extract,
    /// <summary>bit32.lrotate</summary>
    Bit32_lrotate,
    /// <summary>bit32.lshift</summary>
    Bit32_lshift,
    /// <summary>bit32.replace</summary>
    Bit32_replace,
    /// <summary>bit32.rrotate</summary>
    Bit32_rrotate,
    /// <summary>bit32.rshift</summary>
    Bit32_rshift,
    /// <summary>string.byte</summary>
    String_byte,
    /// <summary>string.char</summary>
    String_char,
    /// <summary>string.len</summary>
    String_len,
    /// <summary>string.sub</summary>
    String_sub,
    /// <summary>table.insert</summary>
    Table_insert,
    /// <summary>buffer.readi8</summary>
    Buffer_readi8,
    /// <summary>buffer.readu8</summary>
    Buffer_readu8,
    /// <summary>buffer.readi16</summary>
    Buffer_readi16,
    /// <summary>buffer.readu16</summary>
    Buffer_readu16,
    /// <summary>buffer.readi32</summary>
    Buffer_readi32,
    /// <summary>buffer.readu32</summary>
    Buffer_readu32,
    /// <summary>buffer.readf32</summary>
    Buffer_readf32,
    /// <summary>buffer.readf64</summary>
    Buffer_readf64,
    /// <summary>buffer.writei8 and writeu8</summary>
    Buffer_writei8,
    /// <summary>buffer.writeu8</summary>
    Buffer_writeu8,
    /// <summary>buffer.writei16</summary>
    Buffer_writei16,
    /// <summary>buffer.writeu16</summary>
    Buffer_writeu16,
    /// <summary>buffer.writei32</summary>
    Buffer_writei32,
    /// <summary>buffer.writeu32</summary>
    Buffer_writeu32,
    /// <summary>buffer.writef32</summary>
    Buffer_writef32,
    /// <summary>buffer.writef64</summary>
    Buffer_writef64,
    /// <summary>vector.create</summary>
    Vector_create,
    /// <summary>vector.magnitude</summary>
    Vector_magnitude,
    /// <summary>vector.normalize</summary>
    Vector_normalize,
    /// <summary>vector.dot</summary>
    Vector_dot,
    /// <summary>vector.cross</summary>
    Vector_cross,
}

/// <summary>Facts about builtins.</summary>
static class Builtins
{
    /// <summary>Whether a successful fast call leaves R[A] alone, because the function has no results.</summary>
    public static bool HasNoResult(BuiltinId id) =>
        id is BuiltinId.Table_insert or (>= BuiltinId.Buffer_writei8 and <= BuiltinId.Buffer_writef64);
}
