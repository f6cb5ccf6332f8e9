def main
  d = {}
  i = 0
  while i < 1000000
    d[(i * 7919) % 1000003] = i
    i += 1
  end
  s = 0
  i = 0
  while i < 1000000
    s += d[(i * 7919) % 1000003]
    i += 1
  end
  h = 0
  i = 0
  while i < 1000003
    h += 1 if d.key?(i)
    i += 1
  end
  puts "#{d.length} #{s} #{h}"
end
main
