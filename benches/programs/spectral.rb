def a(i, j)
  1.0 / ((i + j) * (i + j + 1) / 2 + i + 1)
end

def av(n, x, y)
  i = 0
  while i < n
    t = 0.0
    j = 0
    while j < n
      t += a(i, j) * x[j]
      j += 1
    end
    y[i] = t
    i += 1
  end
end

def atv(n, x, y)
  i = 0
  while i < n
    t = 0.0
    j = 0
    while j < n
      t += a(j, i) * x[j]
      j += 1
    end
    y[i] = t
    i += 1
  end
end

def main
  n = 200
  u = [1.0] * n
  v = [0.0] * n
  t = [0.0] * n
  10.times do
    av(n, u, t)
    atv(n, t, v)
    av(n, v, t)
    atv(n, t, u)
  end
  vbv = 0.0
  vv = 0.0
  n.times do |i|
    vbv += u[i] * v[i]
    vv += v[i] * v[i]
  end
  puts format("%.6f", (vbv / vv) ** 0.5)
end
main
