-- fixtures/mandelbrot.vasm: counts the iterations of the points of a grid. The argument is its width.
local function mandelbrot(n)
  local total = 0
  for y = 0, n - 1 do
    local ci = 2.0 * y / n - 1.0
    for x = 0, n - 1 do
      local cr = 2.0 * x / n - 1.5
      local zr, zi, k = 0.0, 0.0, 0
      while k < 200 do
        local a = zr * zr
        local b = zi * zi
        if a + b > 4.0 then
          break
        end
        zi = 2.0 * zr * zi + ci
        zr = a - b + cr
        k = k + 1
      end
      total = total + k
    end
  end
  return total
end

print(mandelbrot(math.tointeger(arg[1])))
