class ValueError < StandardError
end

def f(i)
  raise ValueError, "bad"
end

def main
  s = 0
  i = 0
  while i < 500000
    begin
      f(i)
    rescue ValueError
      s += i
    end
    i += 1
  end
  puts s
end
main
