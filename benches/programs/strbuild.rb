def main
  parts = []
  n = 0
  i = 0
  while i < 1000000
    t = "k" + (i % 1000).to_s + "v"
    n += t.length
    parts << t
    i += 1
  end
  s = parts.join
  puts "#{n} #{s.length}"
end
main
