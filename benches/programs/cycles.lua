-- fixtures/cycles.vasm: pairs of objects that refer to each other, made and dropped. The argument
-- is the number of pairs.
local Node = {}
Node.__index = Node

local function new(value)
  return setmetatable({ value = value, other = false }, Node)
end

local total = 0
for i = 0, math.tointeger(arg[1]) - 1 do
  local a = new(i)
  local b = new(i + 1)
  a.other = b
  b.other = a
  total = total + a.other.value
end
print(total)
