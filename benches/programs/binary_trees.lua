-- fixtures/binary_trees.vasm: builds, counts and drops binary trees. The argument is the depth.
local function node(left, right)
  return { left = left, right = right }
end

local function make(depth)
  if depth == 0 then
    return node(nil, nil)
  end
  return node(make(depth - 1), make(depth - 1))
end

local function check(tree)
  if tree.left == nil then
    return 1
  end
  return 1 + check(tree.left) + check(tree.right)
end

local deepest = math.tointeger(arg[1])
local total = check(make(deepest + 1))
local keep = make(deepest)
for depth = 4, deepest, 2 do
  for _ = 1, 1 << (deepest - depth + 4) do
    total = total + check(make(depth))
  end
end
print(total .. " " .. check(keep))
