def main
  n = 200
  c = 0
  y = 0
  while y < n
    ci = 2.0 * y / n - 1.0
    x = 0
    while x < n
      cr = 2.0 * x / n - 1.5
      zr = 0.0
      zi = 0.0
      k = 0
      while k < 200
        a = zr * zr
        b = zi * zi
        break if a + b > 4.0
        zi = 2.0 * zr * zi + ci
        zr = a - b + cr
        k += 1
      end
      c += k
      x += 1
    end
    y += 1
  end
  puts c
end
main
