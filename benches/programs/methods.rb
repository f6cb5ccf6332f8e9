class C
  attr_reader :n

  def initialize
    @n = 0
  end

  def add(x)
    @n += x
  end
end

def main
  c = C.new
  i = 0
  while i < 5000000
    c.add(i)
    i += 1
  end
  puts c.n
end
main
