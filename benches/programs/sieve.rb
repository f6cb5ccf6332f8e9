def main
  n = 2000000
  f = [true] * (n + 1)
  c = 0
  i = 2
  while i <= n
    if f[i]
      c += 1
      j = i * i
      while j <= n
        f[j] = false
        j += i
      end
    end
    i += 1
  end
  puts c
end
main
