-- fixtures/sieve.vasm: the sieve of Eratosthenes. The argument is n. Items are from 1 on, so item
-- i + 1 is the flag of i.
local function sieve(n)
  local flags = {}
  for i = 1, n + 1 do
    flags[i] = true
  end
  local count = 0
  local i = 2
  while i <= n do
    if flags[i + 1] then
      count = count + 1
      local j = i * i
      while j <= n do
        flags[j + 1] = false
        j = j + i
      end
    end
    i = i + 1
  end
  return count
end

print(sieve(math.tointeger(arg[1])))
