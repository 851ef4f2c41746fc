namespace GameServer.Luau.Bytecode;

// The only list of opcodes. Compiler, verifier, disassembler, interpreter and the reference page all read it.
//
// Notation: R[x] register of the running frame, K[x] constant, U[x] upvalue slot of the running closure, pc the instruction
// after this one (behind its cache unit where it has one). Register, constant and upvalue operands are byte offsets (index * 16),
// so the interpreter adds them without shifting. "count+1" operands are plain numbers; 0 means "up to the frame's top" for
// arguments and "all results, and set top" for results. Jump offsets count 8-byte units, relative to pc; C offsets are signed 16 bit.
//
// Invariants:
// * Every instruction is restartable until its first visible effect, so that a compiled tier can leave to it.
// * A local that is captured and assigned after its initialisation lives in a Cell; its register (or upvalue slot) holds the
//   cell, and only NewCell, GetCell, SetCell, GetUpvalueCell, SetUpvalueCell and Capture may touch that slot. A captured local
//   that is never assigned again is captured by value. There are no open upvalues.
// * An instruction whose shape says HasCache is followed by one unit of CacheUnit form, owned by the interpreter.
// * Between an instruction that sets the frame's top and the one that uses it stands nothing but a NameCall or a Jump: NameCall keeps the top.
// * Jumps backwards are LoopBack, ForLoop, ForLoopUp, ForGLoop and ForGCheck only; these are the safepoints, with calls.

/// <summary>Operations of the register machine; register algebra stands on each member.</summary>
enum OpCode : ushort
{
    // ---- loads and moves
    /// <summary>R[A] := nil.</summary>
    [Op(OpFormat.A, Writes = Operands.A)] LoadNil,
    /// <summary>R[A..B] := nil (both ends included).</summary>
    [Op(OpFormat.AB, Writes = Operands.Range)] LoadNils,
    /// <summary>R[A] := B != 0.</summary>
    [Op(OpFormat.AI, Writes = Operands.A)] LoadBool,
    /// <summary>R[A] := (double)D.</summary>
    [Op(OpFormat.AD, Writes = Operands.A)] LoadInt,
    /// <summary>R[A] := K[D].</summary>
    [Op(OpFormat.AKD, Writes = Operands.A)] LoadK,
    /// <summary>R[A] := R[B].</summary>
    [Op(OpFormat.AB, Writes = Operands.A, Reads = Operands.B)] Move,

    // ---- cells and upvalues
    /// <summary>R[A] := new Cell(R[A]).</summary>
    [Op(OpFormat.A, Writes = Operands.A, Reads = Operands.A)] NewCell,
    /// <summary>R[A] := R[B].cell.value.</summary>
    [Op(OpFormat.AB, Writes = Operands.A, Reads = Operands.B)] GetCell,
    /// <summary>R[A].cell.value := R[B].</summary>
    [Op(OpFormat.AB, Reads = Operands.A | Operands.B)] SetCell,
    /// <summary>R[A] := U[B].</summary>
    [Op(OpFormat.AU, Writes = Operands.A)] GetUpvalue,
    /// <summary>R[A] := U[B].cell.value.</summary>
    [Op(OpFormat.AU, Writes = Operands.A)] GetUpvalueCell,
    /// <summary>U[B].cell.value := R[A].</summary>
    [Op(OpFormat.AU, Reads = Operands.A)] SetUpvalueCell,
    /// <summary>R[A] := closure of child proto D (plain index); followed by one Capture unit for each of its upvalues.</summary>
    [Op(OpFormat.AD, Writes = Operands.A)] NewClosure,
    /// <summary>Pseudo-instruction behind NewClosure: A = CaptureKind, B = register or upvalue offset in the creating frame.</summary>
    [Op(OpFormat.Capture)] Capture,

    // ---- globals
    /// <summary>R[A] := environment[K[D]], with metamethods.</summary>
    [Op(OpFormat.AKD, Writes = Operands.A, HasCache = true)] GetGlobal,
    /// <summary>environment[K[D]] := R[A], with metamethods.</summary>
    [Op(OpFormat.AKD, Reads = Operands.A, HasCache = true)] SetGlobal,
    /// <summary>R[A] := value of import D (plain index into Proto.Imports: one to three names from the environment on).</summary>
    [Op(OpFormat.AD, Writes = Operands.A, HasCache = true)] GetImport,

    // ---- tables
    /// <summary>R[A] := {} with room for B array values and C string keys (plain numbers, hints).</summary>
    [Op(OpFormat.AII, Writes = Operands.A)] NewTable,
    /// <summary>R[A] := {} with the keys of Proto.Templates[D] present and nil; the cache unit's Aux holds the array capacity.</summary>
    [Op(OpFormat.AD, Writes = Operands.A, HasCache = true)] NewTableShape,
    /// <summary>R[A] := R[B][K[C]], K[C] a string.</summary>
    [Op(OpFormat.ABKC, Writes = Operands.A, Reads = Operands.B, HasCache = true)] GetField,
    /// <summary>R[A][K[B]] := R[C], K[B] a string.</summary>
    [Op(OpFormat.AKBC, Reads = Operands.A | Operands.C, HasCache = true)] SetField,
    /// <summary>R[A][K[B]] := K[C], K[B] a string.</summary>
    [Op(OpFormat.AKBKC, Reads = Operands.A, HasCache = true)] SetFieldK,
    /// <summary>R[A] := R[B][R[C]].</summary>
    [Op(OpFormat.ABC, Writes = Operands.A, Reads = Operands.B | Operands.C)] GetIndex,
    /// <summary>R[A][R[B]] := R[C].</summary>
    [Op(OpFormat.ABC, Reads = Operands.A | Operands.B | Operands.C)] SetIndex,
    /// <summary>R[A][R[B]] := K[C].</summary>
    [Op(OpFormat.ABKC, Reads = Operands.A | Operands.B)] SetIndexK,
    /// <summary>R[A] := R[B][C], C a plain integer 1..65535.</summary>
    [Op(OpFormat.ABI, Writes = Operands.A, Reads = Operands.B)] GetIndexN,
    /// <summary>R[A][B] := R[C], B a plain integer 1..65535.</summary>
    [Op(OpFormat.AIC, Reads = Operands.A | Operands.C)] SetIndexN,
    /// <summary>R[A][i..] := R[B], R[B+1], … ; C = count+1 (0: up to top); the cache unit's Aux is the first index i. Raw: the table is fresh.</summary>
    [Op(OpFormat.ABI, Reads = Operands.A | Operands.Range, HasCache = true)] SetList,
    /// <summary>R[A] := method K[D] of the object in R[A+1], which stays there as first argument of the Call that follows. Raises the missing-method error itself.</summary>
    [Op(OpFormat.AKD, Writes = Operands.A, HasCache = true)] NameCall,

    // ---- arithmetic and other operators
    /// <summary>R[A] := R[B] + R[C]; else string conversion, vectors, __add.</summary>
    [Op(OpFormat.ABC, Writes = Operands.A, Reads = Operands.B | Operands.C)] Add,
    /// <summary>R[A] := R[B] - R[C].</summary>
    [Op(OpFormat.ABC, Writes = Operands.A, Reads = Operands.B | Operands.C)] Sub,
    /// <summary>R[A] := R[B] * R[C].</summary>
    [Op(OpFormat.ABC, Writes = Operands.A, Reads = Operands.B | Operands.C)] Mul,
    /// <summary>R[A] := R[B] / R[C].</summary>
    [Op(OpFormat.ABC, Writes = Operands.A, Reads = Operands.B | Operands.C)] Div,
    /// <summary>R[A] := R[B] % R[C].</summary>
    [Op(OpFormat.ABC, Writes = Operands.A, Reads = Operands.B | Operands.C)] Mod,
    /// <summary>R[A] := R[B] ^ R[C].</summary>
    [Op(OpFormat.ABC, Writes = Operands.A, Reads = Operands.B | Operands.C)] Pow,
    /// <summary>R[A] := R[B] // R[C].</summary>
    [Op(OpFormat.ABC, Writes = Operands.A, Reads = Operands.B | Operands.C)] IDiv,
    /// <summary>R[A] := R[B] + K[C], K[C] a number (also the other five below).</summary>
    [Op(OpFormat.ABKC, Writes = Operands.A, Reads = Operands.B)] AddK,
    /// <summary>R[A] := R[B] - K[C].</summary>
    [Op(OpFormat.ABKC, Writes = Operands.A, Reads = Operands.B)] SubK,
    /// <summary>R[A] := R[B] * K[C].</summary>
    [Op(OpFormat.ABKC, Writes = Operands.A, Reads = Operands.B)] MulK,
    /// <summary>R[A] := R[B] / K[C].</summary>
    [Op(OpFormat.ABKC, Writes = Operands.A, Reads = Operands.B)] DivK,
    /// <summary>R[A] := R[B] % K[C].</summary>
    [Op(OpFormat.ABKC, Writes = Operands.A, Reads = Operands.B)] ModK,
    /// <summary>R[A] := R[B] ^ K[C].</summary>
    [Op(OpFormat.ABKC, Writes = Operands.A, Reads = Operands.B)] PowK,
    /// <summary>R[A] := R[B] // K[C].</summary>
    [Op(OpFormat.ABKC, Writes = Operands.A, Reads = Operands.B)] IDivK,
    /// <summary>R[A] := K[B] + R[C], K[B] a number (also the three below).</summary>
    [Op(OpFormat.AKBC, Writes = Operands.A, Reads = Operands.C)] KAdd,
    /// <summary>R[A] := K[B] * R[C].</summary>
    [Op(OpFormat.AKBC, Writes = Operands.A, Reads = Operands.C)] KMul,
    /// <summary>R[A] := K[B] - R[C].</summary>
    [Op(OpFormat.AKBC, Writes = Operands.A, Reads = Operands.C)] KSub,
    /// <summary>R[A] := K[B] / R[C].</summary>
    [Op(OpFormat.AKBC, Writes = Operands.A, Reads = Operands.C)] KDiv,
    /// <summary>R[A] := R[B] % K[C], K[C] an integer from 1 to 2^31.</summary>
    [Op(OpFormat.ABKC, Writes = Operands.A, Reads = Operands.B)] ModInt,
    /// <summary>R[A] := -R[B].</summary>
    [Op(OpFormat.AB, Writes = Operands.A, Reads = Operands.B)] Neg,
    /// <summary>R[A] := not R[B].</summary>
    [Op(OpFormat.AB, Writes = Operands.A, Reads = Operands.B)] Not,
    /// <summary>R[A] := #R[B].</summary>
    [Op(OpFormat.AB, Writes = Operands.A, Reads = Operands.B)] Len,
    /// <summary>R[A] := R[B] .. R[B+1] .. … .. R[C].</summary>
    [Op(OpFormat.ABC, Writes = Operands.A, Reads = Operands.Range)] Concat,
    /// <summary>R[A] := the texts (tostring) of R[B], R[B+1], …, R[C] joined: an interpolated string.</summary>
    [Op(OpFormat.ABC, Writes = Operands.A, Reads = Operands.Range)] Interpolate,

    // ---- jumps
    /// <summary>pc += D, forwards only.</summary>
    [Op(OpFormat.D)] Jump,
    /// <summary>pc += D, D negative; safepoint.</summary>
    [Op(OpFormat.D)] LoopBack,
    /// <summary>if R[A] is truthy: pc += D.</summary>
    [Op(OpFormat.AJ, Reads = Operands.A)] JumpIf,
    /// <summary>if R[A] is nil or false: pc += D.</summary>
    [Op(OpFormat.AJ, Reads = Operands.A)] JumpIfNot,
    /// <summary>if R[A] is nil: pc += D.</summary>
    [Op(OpFormat.AJ, Reads = Operands.A)] JumpIfNil,
    /// <summary>if R[A] is not nil: pc += D.</summary>
    [Op(OpFormat.AJ, Reads = Operands.A)] JumpIfNotNil,
    /// <summary>if R[A] == R[B]: pc += C.</summary>
    [Op(OpFormat.ABJ, Reads = Operands.A | Operands.B)] JumpIfEq,
    /// <summary>if not (R[A] == R[B]): pc += C.</summary>
    [Op(OpFormat.ABJ, Reads = Operands.A | Operands.B)] JumpIfNotEq,
    /// <summary>if R[A] &lt; R[B]: pc += C.</summary>
    [Op(OpFormat.ABJ, Reads = Operands.A | Operands.B)] JumpIfLt,
    /// <summary>if not (R[A] &lt; R[B]): pc += C.</summary>
    [Op(OpFormat.ABJ, Reads = Operands.A | Operands.B)] JumpIfNotLt,
    /// <summary>if R[A] &lt;= R[B]: pc += C.</summary>
    [Op(OpFormat.ABJ, Reads = Operands.A | Operands.B)] JumpIfLe,
    /// <summary>if not (R[A] &lt;= R[B]): pc += C.</summary>
    [Op(OpFormat.ABJ, Reads = Operands.A | Operands.B)] JumpIfNotLe,
    /// <summary>if R[A] == K[B] (number, string or boolean; no metamethods possible): pc += C.</summary>
    [Op(OpFormat.AKBJ, Reads = Operands.A)] JumpIfEqK,
    /// <summary>if not (R[A] == K[B]): pc += C.</summary>
    [Op(OpFormat.AKBJ, Reads = Operands.A)] JumpIfNotEqK,
    /// <summary>if R[A] &lt; K[B], K[B] a number: pc += C.</summary>
    [Op(OpFormat.AKBJ, Reads = Operands.A)] JumpIfLtK,
    /// <summary>if not (R[A] &lt; K[B]): pc += C.</summary>
    [Op(OpFormat.AKBJ, Reads = Operands.A)] JumpIfNotLtK,
    /// <summary>if R[A] &lt;= K[B]: pc += C.</summary>
    [Op(OpFormat.AKBJ, Reads = Operands.A)] JumpIfLeK,
    /// <summary>if not (R[A] &lt;= K[B]): pc += C.</summary>
    [Op(OpFormat.AKBJ, Reads = Operands.A)] JumpIfNotLeK,
    /// <summary>if K[B] &lt; R[A]: pc += C.</summary>
    [Op(OpFormat.AKBJ, Reads = Operands.A)] JumpIfGtK,
    /// <summary>if not (K[B] &lt; R[A]): pc += C.</summary>
    [Op(OpFormat.AKBJ, Reads = Operands.A)] JumpIfNotGtK,
    /// <summary>if K[B] &lt;= R[A]: pc += C.</summary>
    [Op(OpFormat.AKBJ, Reads = Operands.A)] JumpIfGeK,
    /// <summary>if not (K[B] &lt;= R[A]): pc += C.</summary>
    [Op(OpFormat.AKBJ, Reads = Operands.A)] JumpIfNotGeK,

    // ---- calls
    /// <summary>R[A], R[A+1], … := R[A](R[A+1], …); B = argument count+1, C = result count+1. Safepoint.</summary>
    [Op(OpFormat.AII, Writes = Operands.Range, Reads = Operands.Range)] Call,
    /// <summary>return R[A], …; B = count+1 (0: up to top).</summary>
    [Op(OpFormat.AI, Reads = Operands.Range)] Return,
    /// <summary>return nothing.</summary>
    [Op(OpFormat.None)] Return0,
    /// <summary>return R[A].</summary>
    [Op(OpFormat.A, Reads = Operands.A)] Return1,
    /// <summary>R[A], … := ...; B = count+1 (0: all of them, and set top).</summary>
    [Op(OpFormat.AI, Writes = Operands.Range)] VarArg,
    /// <summary>top := A+1, as if a call with all results had given just R[A]. Behind a fast call that is the last argument or return value.</summary>
    [Op(OpFormat.A, Reads = Operands.A)] SetTop,

    // ---- calls of library functions without a frame. Each is followed by a FastCallUnit and then by the ordinary sequence
    // (GetImport, moves, Call), which the fast path skips. When the import no longer names that builtin, or the argument types do
    // not fit, execution falls through into the ordinary sequence; so the fast path must have no effect before it is certain.
    // The ordinary sequence starts with the GetImport that the guard resolves.
    /// <summary>R[A] := builtin(R[B]).</summary>
    [Op(OpFormat.AB, Writes = Operands.A, Reads = Operands.B, HasCache = true)] FastCall1,
    /// <summary>R[A] := builtin(R[B], R[C]).</summary>
    [Op(OpFormat.ABC, Writes = Operands.A, Reads = Operands.B | Operands.C, HasCache = true)] FastCall2,
    /// <summary>R[A] := builtin(R[B], K[C]).</summary>
    [Op(OpFormat.ABKC, Writes = Operands.A, Reads = Operands.B, HasCache = true)] FastCall2K,
    /// <summary>R[A] := select(R[B], ...) in a function that takes <c>...</c>: the first result, without copying the others.</summary>
    [Op(OpFormat.AB, Writes = Operands.A, Reads = Operands.B, HasCache = true)] FastSelect,
    /// <summary>R[A] := builtin(R[B], R[B+1], …), C arguments (plain number). A builtin without results leaves R[A] alone.</summary>
    [Op(OpFormat.ABI, Writes = Operands.A, Reads = Operands.Range, HasCache = true)] FastCallN,

    // ---- loops
    /// <summary>R[A] initial, R[A+1] limit, R[A+2] step: converts all three to numbers (errors of section 7); if the loop does not run: pc += D.</summary>
    [Op(OpFormat.AJ, Reads = Operands.Range, Writes = Operands.Range)] ForPrep,
    /// <summary>R[A] += R[A+2]; if still within the limit R[A+1]: pc += D (negative). Safepoint. The body copies R[A] when it changes or captures its variable.</summary>
    [Op(OpFormat.AJ, Reads = Operands.Range, Writes = Operands.A)] ForLoop,
    /// <summary>ForLoop whose step is a positive constant.</summary>
    [Op(OpFormat.AJ, Reads = Operands.Range, Writes = Operands.A)] ForLoopUp,
    /// <summary>R[A], R[A+1], R[A+2] = iterator triple as evaluated: resolves __iter, __call and built-in traversal (section 7), then pc += D, to the ForGLoop.</summary>
    [Op(OpFormat.AJ, Reads = Operands.Range, Writes = Operands.Range)] ForGPrep,
    /// <summary>Next step of the traversal prepared in R[A..A+2]. Built-in traversal: sets R[A+3], R[A+4] (further variables nil) and pc += C, or
    /// skips the ForGCheck behind it at the end. A function: calls it with B results to R[A+3], … and goes on at the ForGCheck. Safepoint.</summary>
    [Op(OpFormat.AIJ, Reads = Operands.Range, Writes = Operands.Range)] ForGLoop,
    /// <summary>If R[A+3] is not nil: R[A+2] := R[A+3], pc += C (negative). Always directly behind a ForGLoop with the same A and B.</summary>
    [Op(OpFormat.AIJ, Reads = Operands.Range, Writes = Operands.Range)] ForGCheck,
}

/// <summary>Where a Capture unit takes the upvalue from.</summary>
enum CaptureKind : ushort
{
    /// <summary>The value (or cell) in register B of the creating frame.</summary>
    Register,
    /// <summary>The value (or cell) in upvalue slot B of the creating closure.</summary>
    Upvalue,
    /// <summary>The new closure itself: a local function that only refers to itself.</summary>
    Self,
}
