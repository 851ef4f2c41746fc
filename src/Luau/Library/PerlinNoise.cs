namespace GameServer.Luau.Library;

/// <summary>Ken Perlin's improved noise (2002 reference permutation) in float arithmetic, as <c>math.noise</c> gives it.</summary>
static class PerlinNoise
{
    // The first entry is repeated so that [i + 1] needs no wrap.
    static ReadOnlySpan<byte> Permutation =>
    [
        151, 160, 137, 91, 90, 15, 131, 13, 201, 95, 96, 53, 194, 233, 7, 225, 140, 36, 103, 30, 69, 142, 8, 99, 37, 240, 21, 10, 23, 190, 6, 148,
        247, 120, 234, 75, 0, 26, 197, 62, 94, 252, 219, 203, 117, 35, 11, 32, 57, 177, 33, 88, 237, 149, 56, 87, 174, 20, 125, 136, 171, 168, 68, 175,
        74, 165, 71, 134, 139, 48, 27, 166, 77, 146, 158, 231, 83, 111, 229, 122, 60, 211, 133, 230, 220, 105, 92, 41, 55, 46, 245, 40, 244, 102, 143, 54,
        65, 25, 63, 161, 1, 216, 80, 73, 209, 76, 132, 187, 208, 89, 18, 169, 200, 196, 135, 130, 116, 188, 159, 86, 164, 100, 109, 198, 173, 186, 3, 64,
        52, 217, 226, 250, 124, 123, 5, 202, 38, 147, 118, 126, 255, 82, 85, 212, 207, 206, 59, 227, 47, 16, 58, 17, 182, 189, 28, 42, 223, 183, 170, 213,
        119, 248, 152, 2, 44, 154, 163, 70, 221, 153, 101, 155, 167, 43, 172, 9, 129, 22, 39, 253, 19, 98, 108, 110, 79, 113, 224, 232, 178, 185, 112, 104,
        218, 246, 97, 228, 251, 34, 242, 193, 238, 210, 144, 12, 191, 179, 162, 241, 81, 51, 145, 235, 249, 14, 239, 107, 49, 192, 214, 31, 181, 199, 106, 157,
        184, 84, 204, 176, 115, 121, 50, 45, 127, 4, 150, 254, 138, 236, 205, 93, 222, 114, 67, 29, 24, 72, 243, 141, 128, 195, 78, 66, 215, 61, 156, 180,
        151,
    ];

    static ReadOnlySpan<sbyte> Gradients =>
    [
        1, 1, 0, -1, 1, 0, 1, -1, 0, -1, -1, 0, 1, 0, 1, -1, 0, 1, 1, 0, -1, -1, 0, -1,
        0, 1, 1, 0, -1, 1, 0, 1, -1, 0, -1, -1, 1, 1, 0, 0, -1, 1, -1, 1, 0, 0, -1, -1,
    ];

    /// <summary>Noise at a point; 0 at integer points, about -1 to 1.</summary>
    public static float At(float x, float y, float z)
    {
        float floorX = MathF.Floor(x), floorY = MathF.Floor(y), floorZ = MathF.Floor(z);
        int xi = Cell(floorX), yi = Cell(floorY), zi = Cell(floorZ);
        float xf = x - floorX, yf = y - floorY, zf = z - floorZ;
        float u = Fade(xf), v = Fade(yf), w = Fade(zf);

        int a = (Permutation[xi] + yi) & 255;
        int aa = (Permutation[a] + zi) & 255, ab = (Permutation[a + 1] + zi) & 255;
        int b = (Permutation[xi + 1] + yi) & 255;
        int ba = (Permutation[b] + zi) & 255, bb = (Permutation[b + 1] + zi) & 255;

        float near = Lerp(v,
            Lerp(u, Gradient(aa, xf, yf, zf), Gradient(ba, xf - 1, yf, zf)),
            Lerp(u, Gradient(ab, xf, yf - 1, zf), Gradient(bb, xf - 1, yf - 1, zf)));
        float far = Lerp(v,
            Lerp(u, Gradient(aa + 1, xf, yf, zf - 1), Gradient(ba + 1, xf - 1, yf, zf - 1)),
            Lerp(u, Gradient(ab + 1, xf, yf - 1, zf - 1), Gradient(bb + 1, xf - 1, yf - 1, zf - 1)));
        return Lerp(w, near, far);
    }

    // Out of range converts as on x86, whose low byte is 0.
    static int Cell(float floor) => floor is >= -2147483648f and < 2147483648f ? (int)floor & 255 : 0;

    static float Fade(float t) => t * t * t * ((t * ((t * 6) - 15)) + 10);

    static float Lerp(float t, float a, float b) => a + (t * (b - a));

    static float Gradient(int index, float x, float y, float z)
    {
        int g = (Permutation[index] & 15) * 3;
        return (Gradients[g] * x) + (Gradients[g + 1] * y) + (Gradients[g + 2] * z);
    }
}
