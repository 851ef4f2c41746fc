namespace GameServer.Luau.Syntax;

static class Confusables
{
    public static string? Find(int codePoint) => null;
}
