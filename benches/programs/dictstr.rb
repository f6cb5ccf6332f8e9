def main
  d = {}
  i = 0
  while i < 1000000
    d["k" + i.to_s] = i
    i += 1
  end
  s = 0
  i = 0
  while i < 1000000
    s += d["k" + (999999 - i).to_s]
    i += 1
  end
  puts "#{d.length} #{s}"
end
main
