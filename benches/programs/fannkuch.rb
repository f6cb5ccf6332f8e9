def fannkuch(n)
  p = Array.new(n) { |i| i }
  q = [0] * n
  s = Array.new(n) { |i| i }
  sign = 1
  maxflips = 0
  sm = 0
  while true
    q0 = p[0]
    if q0 != 0
      i = 1
      while i < n
        q[i] = p[i]
        i += 1
      end
      flips = 1
      while true
        qq = q[q0]
        if qq == 0
          sm += sign * flips
          maxflips = flips if flips > maxflips
          break
        end
        q[q0] = q0
        if q0 >= 3
          i = 1
          j = q0 - 1
          while i < j
            t = q[i]
            q[i] = q[j]
            q[j] = t
            i += 1
            j -= 1
          end
        end
        q0 = qq
        flips += 1
      end
    end
    if sign == 1
      t = p[0]
      p[0] = p[1]
      p[1] = t
      sign = -1
    else
      t = p[1]
      p[1] = p[2]
      p[2] = t
      sign = 1
      i = 2
      while i < n
        sx = s[i]
        if sx != 0
          s[i] = sx - 1
          break
        end
        return sm, maxflips if i == n - 1
        s[i] = i
        t = p[0]
        j = 0
        while j <= i
          p[j] = p[j + 1]
          j += 1
        end
        p[i + 1] = t
        i += 1
      end
    end
  end
end

def main
  a, b = fannkuch(9)
  puts "#{a} #{b}"
end
main
