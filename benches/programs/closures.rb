def counter
  n = 0
  lambda do |k|
    n += k
    n
  end
end

def main
  f = counter
  s = 0
  i = 0
  while i < 3000000
    s += f.call(1)
    i += 1
  end
  i = 0
  while i < 500000
    g = counter
    s += g.call(i)
    i += 1
  end
  puts s
end
main
