class N
  attr_accessor :v, :o

  def initialize(v)
    @v = v
    @o = nil
  end
end

def main
  s = 0
  i = 0
  while i < 1000000
    a = N.new(i)
    b = N.new(i + 1)
    a.o = b
    b.o = a
    s += a.o.v
    i += 1
  end
  puts s
end
main
