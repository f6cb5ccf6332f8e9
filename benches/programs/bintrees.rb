class Node
  attr_reader :left, :right

  def initialize(left, right)
    @left = left
    @right = right
  end
end

def make(d)
  return Node.new(nil, nil) if d == 0
  Node.new(make(d - 1), make(d - 1))
end

def check(t)
  return 1 if t.left.nil?
  1 + check(t.left) + check(t.right)
end

def main
  mx = 14
  tot = check(make(mx + 1))
  keep = make(mx)
  d = 4
  while d <= mx
    (1 << (mx - d + 4)).times { tot += check(make(d)) }
    d += 2
  end
  puts "#{tot} #{check(keep)}"
end
main
