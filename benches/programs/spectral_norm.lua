-- fixtures/spectral_norm.vasm: the spectral norm of an infinite matrix. The argument is the size of
-- the corner that is used. Tables from index 0, as in the fixture.
local function element(i, j)
  return 1.0 / ((i + j) * (i + j + 1) // 2 + i + 1)
end

local function times(n, x, y)
  for i = 0, n - 1 do
    local total = 0.0
    for j = 0, n - 1 do
      total = total + element(i, j) * x[j]
    end
    y[i] = total
  end
end

local function times_transposed(n, x, y)
  for i = 0, n - 1 do
    local total = 0.0
    for j = 0, n - 1 do
      total = total + element(j, i) * x[j]
    end
    y[i] = total
  end
end

local n = math.tointeger(arg[1])
local u, v, t = {}, {}, {}
for i = 0, n - 1 do
  u[i], v[i], t[i] = 1.0, 0.0, 0.0
end
for _ = 1, 10 do
  times(n, u, t)
  times_transposed(n, t, v)
  times(n, v, t)
  times_transposed(n, t, u)
end
local vbv, vv = 0.0, 0.0
for i = 0, n - 1 do
  vbv = vbv + u[i] * v[i]
  vv = vv + v[i] * v[i]
end
print(string.format("%.9f", (vbv / vv) ^ 0.5))
